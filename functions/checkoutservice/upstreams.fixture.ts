import type { TestContext } from "node:test";
import {
  type CartItem,
  CartServiceDefinition,
  CurrencyServiceDefinition,
  EmailServiceDefinition,
  type Money,
  PaymentServiceDefinition,
  type PlaceOrderRequest,
  ProductCatalogServiceDefinition,
  ShippingServiceDefinition,
} from "#protos/hipstershop.ts";
import { serveForTest } from "#runtime/fixtures/serve-for-test.ts";
import { type Handlers, implement } from "#runtime/rpc.ts";
import { StatusError } from "#runtime/status.ts";

/** What the upstream services were asked, in order, as `Method` and request. */
export type Asked = [method: string, request: unknown][];

interface AllHandlers
  extends Handlers<typeof CartServiceDefinition>,
    Handlers<typeof ProductCatalogServiceDefinition>,
    Handlers<typeof CurrencyServiceDefinition>,
    Handlers<typeof ShippingServiceDefinition>,
    Handlers<typeof PaymentServiceDefinition>,
    Handlers<typeof EmailServiceDefinition> {}

/** An amount in US dollars. */
export const usd = (units: number, cents = 0): Money => ({
  currencyCode: "USD",
  units: BigInt(units),
  nanos: cents * 10_000_000,
});

/** The sample card; each of its parts can be searched for in what was written. */
export const card = {
  creditCardNumber: "4432-8015-6152-0454",
  creditCardCvv: 672,
  creditCardExpirationYear: 2039,
  creditCardExpirationMonth: 1,
};

/** A complete order, with changes on top. */
export function makeOrderRequest(changes: Partial<PlaceOrderRequest> = {}): PlaceOrderRequest {
  return {
    userId: "user",
    userCurrency: "USD",
    address: {
      streetAddress: "1600 Amphitheatre Parkway",
      city: "Mountain View",
      state: "CA",
      country: "United States",
      zipCode: 94_043,
    },
    email: "someone@example.com",
    creditCard: card,
    ...changes,
  };
}

const catalog: Readonly<Record<string, Money>> = { A: usd(19, 99), B: usd(8, 99) };

/**
 * Serves all six upstreams on one port. The cart holds 2 of A at $19.99 and 1 of B at $8.99,
 * shipping costs $8.99, and a conversion doubles the amount.
 */
export async function startUpstreams(t: TestContext, changes: Partial<AllHandlers> = {}) {
  const asked: Asked = [];
  let items: CartItem[] = [
    { productId: "A", quantity: 2 },
    { productId: "B", quantity: 1 },
  ];
  const handlers: AllHandlers = { ...defaults(() => items), ...changes };
  const emptyCart = handlers.emptyCart;
  const recorded = record(
    {
      ...handlers,
      emptyCart: async (request, context) => {
        const answer = await emptyCart(request, context);
        items = [];
        return answer;
      },
    },
    asked,
  );
  const server = await serveForTest({
    services: [
      implement(CartServiceDefinition, recorded),
      implement(ProductCatalogServiceDefinition, recorded),
      implement(CurrencyServiceDefinition, recorded),
      implement(ShippingServiceDefinition, recorded),
      implement(PaymentServiceDefinition, recorded),
      implement(EmailServiceDefinition, recorded),
    ],
  });
  t.after(() => server.close());
  const methods = () => asked.map(([method]) => method);
  return { address: server.address, asked, methods };
}

function defaults(cart: () => CartItem[]): AllHandlers {
  const unused = () => {
    throw new StatusError("UNIMPLEMENTED", "checkout has no use for this");
  };
  const double = (amount: Money, currencyCode: string): Money => ({
    currencyCode,
    units: amount.units * 2n + BigInt(Math.floor((amount.nanos * 2) / 1e9)),
    nanos: (amount.nanos * 2) % 1e9,
  });
  return {
    addItem: unused,
    setItemQuantity: unused,
    listProducts: unused,
    searchProducts: unused,
    getSupportedCurrencies: unused,
    convert: unused,
    getCart: ({ userId }) => ({ userId, items: cart() }),
    emptyCart: () => ({}),
    getProduct: ({ id }) => {
      const priceUsd = catalog[id];
      if (!priceUsd) throw new StatusError("NOT_FOUND", `no product with ID ${id}`);
      return { id, name: id, description: "", picture: "", priceUsd, categories: [] };
    },
    convertBatch: ({ from, toCode }) => ({
      results: from.map((amount) => (toCode === "USD" ? amount : double(amount, toCode))),
    }),
    getQuote: () => ({ costUsd: usd(8, 99) }),
    shipOrder: () => ({ trackingId: "KB-20123-101234567" }),
    charge: () => ({ transactionId: "transaction-1" }),
    refund: () => ({ refundId: "refund-1" }),
    sendOrderConfirmation: () => ({}),
  };
}

function record(handlers: AllHandlers, asked: Asked): AllHandlers {
  return Object.fromEntries(
    Object.entries(handlers).map(([method, handler]) => [
      method,
      (request: never, context: never) => {
        asked.push([method, request]);
        return (handler as (request: never, context: never) => unknown)(request, context);
      },
    ]),
  ) as unknown as AllHandlers;
}
