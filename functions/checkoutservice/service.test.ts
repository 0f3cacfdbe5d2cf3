import assert from "node:assert/strict";
import { test } from "node:test";
import { type ChargeRequest, OrderState } from "#protos/hipstershop.ts";
import { makeOrderRequest, usd } from "./fixtures/serve-dependencies.ts";
import { type Changes, fail, startCheckout } from "./fixtures/start-checkout.ts";

test("returns every line with its price, shipping and the exact total", async (t) => {
  const { order, requests, methods, client } = await startCheckout(t);
  const { order: result, state, details } = await order();
  const { address } = makeOrderRequest();
  const expected = {
    orderId: result?.orderId,
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
  assert.equal(state, OrderState.ORDER_STATE_PLACED);
  const kept = await client.getOrder({ userId: "user", orderId: result?.orderId ?? "" });
  assert.deepEqual({ ...details, order: result }, { ...kept, state });
  const steps = methods();
  assert.equal(steps[0], "getCart");
  assert.deepEqual(steps.slice(1, 3).toSorted(), ["getProducts", "getQuote"]);
  assert.deepEqual(steps.slice(3, 7), ["convertBatch", "charge", "shipOrder", "removeItems"]);
  await t.waitFor(() => assert.deepEqual(methods().slice(7), ["sendOrderConfirmation"]));
  const request = (method: string) => requests.find(([name]) => name === method)?.[1];
  // The cart page asks for the quote that the customer accepts before an address is known.
  const items = expected.items.map(({ item }) => item);
  assert.deepEqual(request("getQuote"), { address: undefined, items });
  const { transactionId, ...charge } = request("charge") as ChargeRequest;
  assert.deepEqual(charge, { amount: usd(57, 96), creditCard: makeOrderRequest().creditCard });
  assert.match(transactionId ?? "", /^[0-9a-f-]{36}$/);
  assert.deepEqual(request("sendOrderConfirmation"), {
    email: "someone@example.com",
    order: expected,
  });
});

test("returns prices, shipping and total in the currency of the request", async (t) => {
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

test("requests products and the quote in parallel", async (t) => {
  const waiting: (() => void)[] = [];
  // Each response waits until all three requests arrived.
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

test("rejects an empty cart, and therefore a second order of the same cart", async (t) => {
  const { order, methods } = await startCheckout(t);
  await order();
  const before = methods().length;
  await assert.rejects(order(), {
    code: "FAILED_PRECONDITION",
    message: "the cart is empty: there is nothing to order",
  });
  assert.deepEqual(methods().slice(before), ["getCart"]);
});

test("calls no dependency for an incomplete request", async (t) => {
  const { order, methods } = await startCheckout(t);
  await assert.rejects(order({ email: "" }), { code: "INVALID_ARGUMENT" });
  assert.deepEqual(methods(), []);
});

test("calls no dependency for an invalid email address", async (t) => {
  const { order, methods } = await startCheckout(t);
  await assert.rejects(order({ email: "me@exa_mple.com" }), {
    code: "INVALID_ARGUMENT",
    message: "email is not a valid address (15 characters): expected one such as me@example.com",
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
    "a product is no longer sold",
    { getCart: () => ({ userId: "user", items: [{ productId: "gone", quantity: 1 }] }) },
    "FAILED_PRECONDITION",
    "failed to prepare order: the product gone in the cart is not sold any more",
  ],
  [
    "the catalog fails",
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
    "the quote fails",
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
    "the conversion returns too few amounts",
    { convertBatch: () => ({ results: [usd(1), usd(1)], currencyCodes: [] }) },
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
    "payment is not reachable",
    { charge: fail("UNAVAILABLE", "no connection") },
    "UNAVAILABLE",
    "failed to charge card: no connection; nothing was charged",
  ],
  [
    "payment fails",
    { charge: fail("UNKNOWN", "?") },
    "INTERNAL",
    "failed to charge card: ?; nothing was charged",
  ],
];

for (const [title, changes, code, message] of failures) {
  test(`names the failed step and keeps the cart if ${title}`, async (t) => {
    const { order, methods } = await startCheckout(t, changes);
    await assert.rejects(order(), { code, message });
    for (const step of ["shipOrder", "removeItems", "emptyCart", "sendOrderConfirmation"]) {
      assert.ok(!methods().includes(step), step);
    }
  });
}
