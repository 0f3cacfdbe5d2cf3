import {
  AddItemRequest,
  AdRequest,
  ChargeRequest,
  CurrencyConversionRequest,
  Empty,
  GetCartRequest,
  GetQuoteRequest,
  ListRecommendationsRequest,
  PlaceOrderRequest,
  SendOrderConfirmationRequest,
} from "#protos/hipstershop.ts";

/** One RPC with its encoded message. */
export interface Rpc {
  /** Such as `/hipstershop.CartService/GetCart`. */
  readonly path: string;
  readonly message: Uint8Array;
}

/** An RPC that has to be made elsewhere, before the one that is measured. */
export interface Preparation extends Rpc {
  /** The function that answers it. */
  readonly functionName: string;
}

/** How a function is measured. */
export interface MeasuredCall {
  /** The RPC; undefined for a function that answers pages. */
  readonly rpc: ((index: number) => Rpc) | undefined;
  /** The page, of a function that has no RPC of its own. */
  readonly page: string | undefined;
  /** Made once, before anything is measured. */
  readonly setUp: Preparation | undefined;
  /** Made before each measured call, outside of the measured time. */
  readonly prepare: ((index: number) => Preparation) | undefined;
  /** Calls in a batch: fewer where one call takes long. */
  readonly batchCount: number;
}

/**
 * The call that stands for a function: what it does most in the shop. A function that is not in the
 * table is asked for its health.
 */
export function measuredCallOf(functionName: string): MeasuredCall {
  return { ...plain, ...(calls[functionName] ?? health) };
}

/** What the report calls it, such as `CartService/GetCart`. */
export function labelOf({ rpc, page }: MeasuredCall): string {
  return rpc ? rpc(0).path.replace(/^\/(hipstershop\.)?/, "") : `GET ${page}`;
}

const plain: MeasuredCall = {
  rpc: undefined,
  page: undefined,
  setUp: undefined,
  prepare: undefined,
  batchCount: 1000,
};

const health: Partial<MeasuredCall> = {
  rpc: () => ({ path: "/grpc.health.v1.Health/Check", message: new Uint8Array() }),
};

const price = { currencyCode: "USD", units: 19n, nanos: 990_000_000 };
const items = [{ productId: "OLJCESPC7Z", quantity: 2 }];
const address = {
  streetAddress: "1 Harbour Street",
  city: "Northfield",
  state: "CA",
  country: "United States",
  zipCode: 94_043,
};
const creditCard = {
  creditCardNumber: "4111111111111111",
  creditCardCvv: 672,
  creditCardExpirationYear: new Date().getFullYear() + 5,
  creditCardExpirationMonth: 1,
};

const calls: Readonly<Record<string, Partial<MeasuredCall>>> = {
  adservice: rpcOf("AdService/GetAds", AdRequest, () => ({ contextKeys: ["kitchen"] })),
  cartservice: {
    ...rpcOf("CartService/GetCart", GetCartRequest, () => ({ userId: "bench" })),
    setUp: addToCart("bench"),
  },
  checkoutservice: {
    ...rpcOf("CheckoutService/PlaceOrder", PlaceOrderRequest, (index) => ({
      userId: buyer(index),
      userCurrency: "EUR",
      address,
      email: "someone@example.com",
      creditCard,
    })),
    prepare: (index) => addToCart(buyer(index)),
    batchCount: 100,
  },
  currencyservice: rpcOf("CurrencyService/Convert", CurrencyConversionRequest, () => ({
    from: price,
    toCode: "EUR",
  })),
  emailservice: {
    ...rpcOf("EmailService/SendOrderConfirmation", SendOrderConfirmationRequest, (index) => ({
      email: "someone@example.com",
      order: {
        // Each order is confirmed once, so that one that was used before would cost nothing.
        orderId: `bench-${process.pid}-${index}`,
        shippingTrackingId: "AB-20123-101234567",
        shippingCost: price,
        shippingAddress: address,
        items: [{ item: items[0], cost: price }],
        total: price,
      },
    })),
    batchCount: 200,
  },
  frontend: { page: "/" },
  paymentservice: rpcOf("PaymentService/Charge", ChargeRequest, () => ({
    amount: price,
    creditCard,
  })),
  productcatalogservice: rpcOf("ProductCatalogService/ListProducts", Empty, () => ({})),
  recommendationservice: {
    ...rpcOf("RecommendationService/ListRecommendations", ListRecommendationsRequest, () => ({
      userId: "bench",
      productIds: ["OLJCESPC7Z"],
    })),
    batchCount: 500,
  },
  shippingservice: rpcOf("ShippingService/GetQuote", GetQuoteRequest, () => ({ address, items })),
};

function buyer(index: number): string {
  return `bench-${process.pid}-${index}`;
}

function addToCart(userId: string): Preparation {
  const { rpc } = rpcOf("CartService/AddItem", AddItemRequest, () => ({ userId, item: items[0] }));
  return { functionName: "cartservice", ...rpc(0) };
}

function rpcOf<T>(
  method: string,
  codec: { encode(message: T): { finish(): Uint8Array } },
  createMessage: (index: number) => T,
): { rpc: (index: number) => Rpc } {
  const path = `/hipstershop.${method}`;
  return { rpc: (index) => ({ path, message: codec.encode(createMessage(index)).finish() }) };
}
