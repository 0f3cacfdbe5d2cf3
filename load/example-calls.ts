import { orderIdOf } from "#runtime/order-id.ts";

/** A request in proto3 JSON. */
export type JsonRequest = Readonly<Record<string, unknown>>;

/** A call that the shop answers with OK, once its preparation was made. */
export interface ExampleCall {
  /** Such as `CartService/GetCart`. */
  readonly method: string;
  /** Its request. `id` distinguishes requests that the shop handles only once, such as orders. */
  readonly createRequest: (id: string) => JsonRequest;
  /** Creates the call that must precede it; undefined if it needs none. */
  readonly preparation?: (id: string) => Preparation;
}

/** A call that creates what another call needs, such as a product in a cart. */
export interface Preparation {
  /** Such as `CartService/AddItem`. */
  readonly method: string;
  /** Its request. */
  readonly request: JsonRequest;
  /** The call that must precede this one, if any. */
  readonly preparation?: Preparation | undefined;
}

const price = { currencyCode: "USD", units: "19", nanos: 990_000_000 };
const item = { productId: "OLJCESPC7Z", quantity: 2 };
const address = {
  streetAddress: "1 Harbour Street",
  city: "Northfield",
  state: "CA",
  country: "United States",
  zipCode: 94_043,
};
const email = "someone@example.com";
const creditCard = {
  creditCardNumber: "4111111111111111",
  creditCardCvv: 672,
  creditCardExpirationYear: new Date().getFullYear() + 5,
  creditCardExpirationMonth: 1,
};
const reader = "reader";

const fillCart = (userId: string): Preparation => ({
  method: "CartService/AddItem",
  request: { userId, item },
});
const order = (userId: string) => ({ userId, userCurrency: "EUR", address, email, creditCard });
const requestId = "8a3d4c1e-6b0f-4f57-9f0a-2d1e7c5b9a64";

/**
 * An example of each method. The first one of a service is the call that the shop makes most often:
 * it represents the function in benchmarks and warm-ups.
 */
export const exampleCalls: readonly ExampleCall[] = [
  { method: "AdService/GetAds", createRequest: () => ({ contextKeys: ["kitchen"] }) },
  {
    method: "CartService/GetCart",
    createRequest: () => ({ userId: reader }),
    preparation: () => fillCart(reader),
  },
  { method: "CartService/AddItem", createRequest: (userId) => ({ userId, item }) },
  { method: "CartService/SetItemQuantity", createRequest: (userId) => ({ userId, item }) },
  {
    method: "CartService/RemoveItems",
    createRequest: (userId) => ({ userId, items: [item], orderId: crypto.randomUUID() }),
    preparation: fillCart,
  },
  { method: "CartService/EmptyCart", createRequest: (userId) => ({ userId }) },
  {
    method: "CheckoutService/PlaceOrder",
    createRequest: order,
    preparation: fillCart,
  },
  {
    method: "CheckoutService/GetOrder",
    createRequest: (userId) => ({ userId, orderId: orderIdOf(userId, requestId) }),
    preparation: (userId) => ({
      method: "CheckoutService/PlaceOrder",
      request: { ...order(userId), requestId },
      preparation: fillCart(userId),
    }),
  },
  { method: "CheckoutService/ListOrders", createRequest: () => ({ userId: reader }) },
  { method: "CheckoutService/Sweep", createRequest: () => ({}) },
  {
    method: "CurrencyService/Convert",
    createRequest: () => ({ from: price, toCode: "EUR" }),
  },
  {
    method: "CurrencyService/ConvertBatch",
    createRequest: () => ({ from: [price, price], toCode: "EUR" }),
  },
  { method: "CurrencyService/GetSupportedCurrencies", createRequest: () => ({}) },
  {
    method: "EmailService/SendOrderConfirmation",
    createRequest: (orderId) => ({
      email,
      order: {
        orderId,
        shippingTrackingId: "AB-20123-101234567",
        shippingCost: price,
        shippingAddress: address,
        items: [{ item, cost: price }],
        total: price,
      },
    }),
  },
  { method: "PaymentService/Charge", createRequest: () => ({ amount: price, creditCard }) },
  {
    method: "PaymentService/Refund",
    createRequest: () => ({
      transactionId: "6f0c2f5e-5d4e-4c51-9a52-7c0f3ad4b3a1",
      amount: price,
    }),
  },
  { method: "ProductCatalogService/ListProducts", createRequest: () => ({}) },
  { method: "ProductCatalogService/GetProduct", createRequest: () => ({ id: item.productId }) },
  { method: "ProductCatalogService/GetProducts", createRequest: () => ({ ids: [item.productId] }) },
  { method: "ProductCatalogService/SearchProducts", createRequest: () => ({ query: "glass" }) },
  {
    method: "RecommendationService/ListRecommendations",
    createRequest: (userId) => ({ userId, productIds: [item.productId] }),
  },
  { method: "ShippingService/GetQuote", createRequest: () => ({ address, items: [item] }) },
  { method: "ShippingService/ShipOrder", createRequest: () => ({ address, items: [item] }) },
  {
    method: "ShippingService/CancelShipment",
    createRequest: () => ({ shipmentId: "0d1c8c3a-2f67-4c3b-8f0e-5b0a9d1f7e22" }),
  },
];
