import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { CheckoutServiceDefinition, type PlaceOrderRequest } from "#protos/hipstershop.ts";
import { createClient } from "#runtime/client.ts";
import { drainWhileWorking } from "#runtime/fixtures/drain-while-working.ts";
import { serveForTest } from "#runtime/fixtures/serve-for-test.ts";
import { configureLog } from "#runtime/log.ts";
import { renderMetrics } from "#runtime/metrics.ts";
import { implement } from "#runtime/rpc.ts";
import { StatusError } from "#runtime/status.ts";
import { closeClients, createClients } from "./clients.ts";
import { createConfirmOrder } from "./confirm-order.ts";
import { makeOrderRequest, serveDependencies, usd } from "./fixtures/serve-dependencies.ts";
import { createCheckoutService } from "./service.ts";

type Changes = Parameters<typeof serveDependencies>[1];

async function startCheckout(t: TestContext, changes: Changes = {}) {
  const { address, asked, methods } = await serveDependencies(t, changes);
  const clients = createClients({
    cartAddress: address,
    catalogAddress: address,
    currencyAddress: address,
    shippingAddress: address,
    paymentAddress: address,
    emailAddress: address,
    sink: undefined,
  });
  t.after(() => closeClients(clients));
  const confirmOrder = createConfirmOrder(undefined, clients);
  const newOrderId = () => "order-1";
  const dependencies = { clients, confirmOrder, newOrderId, now: Date.now };
  const service = createCheckoutService(dependencies);
  const server = await serveForTest({ services: [implement(CheckoutServiceDefinition, service)] });
  t.after(() => server.close());
  const lines: string[] = [];
  configureLog({ write: (line) => lines.push(line) });
  const client = createClient(CheckoutServiceDefinition, server.address);
  t.after(() => client.close());
  const order = (request: Partial<PlaceOrderRequest> = {}, timeoutMs = 5000) =>
    client.placeOrder(makeOrderRequest(request), { timeoutMs });
  const orderAndLeave = (signal: AbortSignal) => client.placeOrder(makeOrderRequest(), { signal });
  return { service, order, orderAndLeave, asked, methods, lines };
}

const fail = (...[code, message]: ConstructorParameters<typeof StatusError>) => {
  return () => {
    throw new StatusError(code, message);
  };
};

test("an order has every line at its price, shipping and an exact total", async (t) => {
  const { order, asked, methods } = await startCheckout(t);
  const { order: result } = await order();
  const { address } = makeOrderRequest();
  const expected = {
    orderId: "order-1",
    shippingTrackingId: "KB-20123-101234567",
    shippingCost: usd(8, 99),
    shippingAddress: address,
    items: [
      { item: { productId: "A", quantity: 2 }, cost: usd(19, 99) },
      { item: { productId: "B", quantity: 1 }, cost: usd(8, 99) },
    ],
    total: usd(57, 96),
  };
  assert.deepEqual(result, expected);
  const steps = methods();
  assert.equal(steps[0], "getCart");
  assert.deepEqual(steps.slice(1, 4).toSorted(), ["getProduct", "getProduct", "getQuote"]);
  assert.deepEqual(steps.slice(4, 7), ["convertBatch", "charge", "shipOrder"]);
  assert.deepEqual(steps.slice(7).toSorted(), ["emptyCart", "sendOrderConfirmation"]);
  const request = (method: string) => asked.find(([name]) => name === method)?.[1];
  assert.deepEqual(request("charge"), {
    amount: usd(57, 96),
    creditCard: makeOrderRequest().creditCard,
  });
  assert.deepEqual(request("sendOrderConfirmation"), {
    email: "someone@example.com",
    order: expected,
  });
});

test("another currency applies to prices, shipping and total alike", async (t) => {
  const { order } = await startCheckout(t);
  const { order: result } = await order({ userCurrency: "EUR" });
  const eur = (units: bigint, cents: number) => ({
    currencyCode: "EUR",
    units,
    nanos: cents * 1e7,
  });
  assert.deepEqual(result?.shippingCost, eur(17n, 98));
  assert.deepEqual(result?.items[0]?.cost, eur(39n, 98));
  assert.deepEqual(result?.total, eur(115n, 92));
});

test("products and quote are asked for at the same time", async (t) => {
  const waiting: (() => void)[] = [];
  // Each answer waits until all three questions are there.
  const meet = () =>
    new Promise<void>((resolve) => {
      waiting.push(resolve);
      if (waiting.length === 3) for (const go of waiting) go();
    });
  const { order } = await startCheckout(t, {
    getProduct: async ({ id }) => {
      await meet();
      return { id, name: "", description: "", picture: "", priceUsd: usd(1), categories: [] };
    },
    getQuote: async () => {
      await meet();
      return { costUsd: usd(1) };
    },
  });
  assert.deepEqual((await order()).order?.total, usd(4));
});

test("an empty cart cannot be ordered, nor the same cart twice", async (t) => {
  const { order, methods } = await startCheckout(t);
  await order();
  const before = methods().length;
  await assert.rejects(order(), {
    code: "FAILED_PRECONDITION",
    message: "the cart is empty: there is nothing to order",
  });
  assert.deepEqual(methods().slice(before), ["getCart"]);
});

test("a request that is not complete asks nobody", async (t) => {
  const { order, methods } = await startCheckout(t);
  await assert.rejects(order({ email: "" }), { code: "INVALID_ARGUMENT" });
  assert.deepEqual(methods(), []);
});

test("an order whose confirmation could never be mailed is not charged", async (t) => {
  const { order, methods } = await startCheckout(t);
  await assert.rejects(order({ email: "me@exa_mple.com" }), {
    code: "INVALID_ARGUMENT",
    message: 'email is "me@exa_mple.com": expected an address such as me@example.com',
  });
  assert.deepEqual(methods(), []);
});

const failures: [title: string, changes: Changes, code: string, message: string][] = [
  [
    "the cart cannot be read",
    { getCart: fail("FAILED_PRECONDITION", "Can't access cart storage.") },
    "INTERNAL",
    "cart failure: Can't access cart storage.",
  ],
  [
    "a product is not sold any more",
    { getCart: () => ({ userId: "user", items: [{ productId: "gone", quantity: 1 }] }) },
    "FAILED_PRECONDITION",
    "failed to prepare order: the product gone in the cart is not sold any more",
  ],
  [
    "the catalog breaks",
    { getProduct: fail("INTERNAL", "internal error") },
    "INTERNAL",
    "failed to prepare order: internal error",
  ],
  [
    "the catalog has no price",
    {
      getProduct: ({ id }) => ({
        id,
        name: "",
        description: "",
        picture: "",
        priceUsd: undefined,
        categories: [],
      }),
    },
    "INTERNAL",
    "failed to prepare order: the price of A is missing: expected an amount of money",
  ],
  [
    "there is no quote",
    { getQuote: fail("DEADLINE_EXCEEDED", "Deadline exceeded") },
    "DEADLINE_EXCEEDED",
    "failed to get a shipping quote: Deadline exceeded",
  ],
  [
    "the currency is unknown",
    { convertBatch: fail("INVALID_ARGUMENT", 'to_code is "XXX"') },
    "INVALID_ARGUMENT",
    'failed to prepare order: to_code is "XXX"',
  ],
  [
    "too few amounts come back from the conversion",
    { convertBatch: () => ({ results: [usd(1), usd(1)] }) },
    "INTERNAL",
    "failed to prepare order: the converted price of B is missing: expected an amount of money",
  ],
  [
    "the card is refused",
    { charge: fail("INVALID_ARGUMENT", "Credit card info is invalid") },
    "INVALID_ARGUMENT",
    "Credit card info is invalid",
  ],
  [
    "payment is not there",
    { charge: fail("UNAVAILABLE", "no connection") },
    "UNAVAILABLE",
    "failed to charge card: no connection",
  ],
  ["payment breaks", { charge: fail("UNKNOWN", "?") }, "INTERNAL", "failed to charge card: ?"],
];

for (const [title, changes, code, message] of failures) {
  test(`where ${title}, the sentence says so and the cart stays`, async (t) => {
    const { order, methods } = await startCheckout(t, changes);
    await assert.rejects(order(), { code, message });
    for (const step of ["shipOrder", "emptyCart", "sendOrderConfirmation", "refund"]) {
      assert.ok(!methods().includes(step), step);
    }
  });
}

test("a charge whose items cannot be shipped is refunded, and the cart stays", async (t) => {
  const { order, asked, methods } = await startCheckout(t, {
    shipOrder: fail("INTERNAL", "the van broke down"),
  });
  await assert.rejects(order(), {
    code: "UNAVAILABLE",
    message: "shipping error: the van broke down; the card was refunded",
  });
  assert.deepEqual(asked.at(-1), [
    "refund",
    { transactionId: "transaction-1", amount: usd(57, 96) },
  ]);
  assert.ok(!methods().includes("emptyCart"));
});

test("a refund is tried three times, and its failure is an error line with the transaction", async (t) => {
  const { order, methods, lines } = await startCheckout(t, {
    shipOrder: fail("UNAVAILABLE", "closed"),
    refund: fail("INTERNAL", "no"),
  });
  await assert.rejects(order(), {
    code: "UNAVAILABLE",
    message: "shipping error: closed; the refund of transaction transaction-1 is outstanding",
  });
  assert.equal(methods().filter((method) => method === "refund").length, 3);
  const failure = lines.find((line) => line.includes("by hand"));
  assert.match(failure ?? "", /"severity":"ERROR".*"transaction_id":"transaction-1"/);
});

test("an order stands although the cart cannot be emptied and the mail cannot be sent", async (t) => {
  const { order, lines } = await startCheckout(t, {
    emptyCart: fail("INTERNAL", "no"),
    sendOrderConfirmation: fail("INVALID_ARGUMENT", "no"),
  });
  assert.equal((await order()).order?.orderId, "order-1");
  const errors = lines.filter((line) => line.includes('"severity":"ERROR"'));
  assert.ok(errors.some((line) => line.includes("the cart of an order was not emptied")));
  assert.ok(errors.some((line) => line.includes("an order was not confirmed")));
});

test("an order is answered before the caller's deadline although the mail hangs", async (t) => {
  const mail = Promise.withResolvers<object>();
  t.after(() => mail.resolve({}));
  const { order } = await startCheckout(t, { sendOrderConfirmation: () => mail.promise });
  assert.equal((await order({}, 1000)).order?.orderId, "order-1");
});

test("a drain waits for the mail of an order that was answered before it", async (t) => {
  const mail = Promise.withResolvers<object>();
  const { service } = await startCheckout(t, { sendOrderConfirmation: () => mail.promise });
  const events = await drainWhileWorking(
    t,
    (work) => {
      mail.resolve(work.then(() => ({})));
      return { services: [implement(CheckoutServiceDefinition, service)] };
    },
    async (address) => {
      const client = createClient(CheckoutServiceDefinition, address);
      t.after(() => client.close());
      await client.placeOrder(makeOrderRequest(), { timeoutMs: 1000 });
    },
  );
  assert.deepEqual(events, ["answered", "work ended", "closed"]);
});

test("a caller who leaves before the charge is not charged", { timeout: 20_000 }, async (t) => {
  const asking = Promise.withResolvers<void>();
  const left = Promise.withResolvers<void>();
  const caller = new AbortController();
  const { orderAndLeave, methods } = await startCheckout(t, {
    convertBatch: async ({ from }, { signal }) => {
      asking.resolve();
      await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
      left.resolve();
      return { results: from };
    },
  });
  const answer = assert.rejects(orderAndLeave(caller.signal), { code: "CANCELLED" });
  await asking.promise;
  caller.abort();
  await answer;
  await left.promise;
  assert.ok(!methods().includes("charge"));
});

test("a caller who leaves during the charge has ordered all the same", {
  timeout: 20_000,
}, async (t) => {
  const charging = Promise.withResolvers<void>();
  const charged = Promise.withResolvers<void>();
  const confirmed = Promise.withResolvers<void>();
  const caller = new AbortController();
  const { orderAndLeave, methods } = await startCheckout(t, {
    charge: async () => {
      charging.resolve();
      await charged.promise;
      return { transactionId: "transaction-1" };
    },
    sendOrderConfirmation: () => {
      confirmed.resolve();
      return {};
    },
  });
  const answer = assert.rejects(orderAndLeave(caller.signal), { code: "CANCELLED" });
  await charging.promise;
  caller.abort();
  await answer;
  charged.resolve();
  await confirmed.promise;
  assert.ok(methods().includes("shipOrder"));
});

test("orders and revenue are counted by currency", async (t) => {
  const { order } = await startCheckout(t);
  await order({ userCurrency: "CHF" });
  const { body } = await renderMetrics();
  assert.match(body, /^shop_orders_total\{currency="CHF"\} 1$/m);
  assert.match(body, /^shop_revenue_total\{currency="CHF"\} 115\.92$/m);
});
