import assert from "node:assert/strict";
import { test } from "node:test";
import { OrderState } from "#protos/hipstershop.ts";
import { renderMetrics } from "#runtime/metrics.ts";
import { fail, startCheckout } from "../fixtures/start-checkout.ts";
import { defineJournalGauges } from "./order-metrics.ts";
import { orderTags } from "./order-record.ts";

/** Places an order and waits until it is confirmed, or left by its process. */
async function placeOrder(t: Parameters<typeof startCheckout>[0], changes = {}) {
  const checkout = await startCheckout(t, changes);
  const { order } = await checkout.order();
  const orderId = order?.orderId ?? "";
  const read = () => checkout.client.getOrder({ userId: "user", orderId });
  const mails = () =>
    checkout.methods().filter((method) => method === "sendOrderConfirmation").length;
  const untilState = (state: OrderState) =>
    t.waitFor(async () => assert.equal((await read()).state, state), { timeout: 9000 });
  return { ...checkout, orderId, read, mails, untilState };
}

const reason = "HTTP status 500: cannot send to someone@example.com";

test("a dead letter marks a confirmed order, which is not swept, until it is resent", async (t) => {
  const { orders, orderId, read, mails, untilState, store, lines } = await placeOrder(t);
  defineJournalGauges({ store, now: Date.now });
  await untilState(OrderState.ORDER_STATE_CONFIRMED);
  await orders.recordUndelivered(orderId, reason);
  await orders.recordUndelivered(orderId, "another");
  const undelivered = await read();
  assert.equal(undelivered.state, OrderState.ORDER_STATE_PLACED);
  assert.equal(undelivered.confirmationFailure, "HTTP status 500: cannot send to ***");
  assert.deepEqual(await orders.sweep(), { settled: 0, open: 0 });
  assert.equal(mails(), 1);
  assert.match((await renderMetrics()).body, /^shop_order_confirmations_failed 1$/m);
  assert.equal((await store.list(orderTags.attention, { limit: 9, order: "newest" })).length, 1);

  const resent = await orders.resendConfirmation(orderId);
  assert.equal(resent.state, OrderState.ORDER_STATE_CONFIRMED);
  assert.equal(resent.confirmationFailure, "");
  assert.equal(mails(), 2);
  assert.match((await renderMetrics()).body, /^shop_order_confirmations_failed 0$/m);
  assert.doesNotMatch(lines.join("\n"), /someone@example\.com/);
});

test("a dead letter that arrives before the broker answers is kept", async (t) => {
  const delivering = Promise.withResolvers<void>();
  const mayAnswer = Promise.withResolvers<void>();
  const { orders, orderId, read, store } = await placeOrder(t, {
    sendOrderConfirmation: async () => {
      delivering.resolve();
      await mayAnswer.promise;
      return {};
    },
  });
  await delivering.promise;
  await orders.recordUndelivered(orderId, "HTTP status 500");
  mayAnswer.resolve();
  await t.waitFor(async () => assert.equal(await store.count(orderTags.open), 0));
  const { state, confirmationFailure } = await read();
  assert.deepEqual(
    [state, confirmationFailure],
    [OrderState.ORDER_STATE_PLACED, "HTTP status 500"],
  );
});

test("an order is listed as failed while its delivery takes longer than a minute", async (t) => {
  const mayAnswer = Promise.withResolvers<void>();
  t.after(() => mayAnswer.resolve());
  let passedMs = 0;
  const { order, orders } = await startCheckout(
    t,
    {},
    { now: () => Date.now() + passedMs, leaseMs: 90_000, publish: () => mayAnswer.promise },
  );
  const orderId = (await order()).order?.orderId;
  const listFailed = () => orders.listAllOrders({ failedOnly: true, limit: 9 });
  assert.equal((await listFailed()).totalSize, 0);
  passedMs = 61_000;
  const { orders: listed, totalSize } = await listFailed();
  assert.deepEqual([listed[0]?.order?.orderId, totalSize], [orderId, 1]);
});

test("a confirmation that the email service refuses is listed, and not repeated", async (t) => {
  const { orders, read, store, mails } = await placeOrder(t, {
    sendOrderConfirmation: fail("INVALID_ARGUMENT", "email is someone@example.com: expected x"),
  });
  await t.waitFor(async () => assert.equal(await store.count(orderTags.unconfirmed), 1));
  assert.equal((await read()).confirmationFailure, "email is ***: expected x");
  assert.deepEqual(await orders.sweep(), { settled: 0, open: 0 });
  assert.equal(mails(), 1);
});

test("a dead letter of an unknown order or of one that was not placed changes nothing", async (t) => {
  const { order, orders, client, store } = await startCheckout(t, {
    shipOrder: fail("INTERNAL", "no carrier"),
  });
  await assert.rejects(order());
  const [refunded] = (await client.listOrders({ userId: "user" })).orders;
  assert.equal(refunded?.state, OrderState.ORDER_STATE_REFUNDED);
  const orderId = refunded.order?.orderId ?? "";
  await orders.recordUndelivered(orderId, reason);
  await orders.recordUndelivered("unknown", reason);
  assert.equal(await store.count(orderTags.unconfirmed), 0);
  await assert.rejects(orders.resendConfirmation(orderId), {
    code: "FAILED_PRECONDITION",
    message: `order ${orderId} is refunded: expected a placed order`,
  });
  await assert.rejects(orders.resendConfirmation("unknown"), { code: "NOT_FOUND" });
});

test("forgetting a customer removes the addresses of settled orders only", async (t) => {
  const mayAnswer = Promise.withResolvers<void>();
  const { orders, orderId, read, store, untilState } = await placeOrder(t, {
    sendOrderConfirmation: async () => {
      await mayAnswer.promise;
      return {};
    },
  });
  assert.deepEqual(await orders.forgetCustomer("Someone@Example.com"), { forgotten: 0, open: 1 });
  assert.equal((await read()).email, "someone@example.com");
  mayAnswer.resolve();
  await untilState(OrderState.ORDER_STATE_CONFIRMED);
  assert.deepEqual(await orders.forgetCustomer("Someone@Example.com"), { forgotten: 1, open: 0 });
  assert.deepEqual(await orders.forgetCustomer("someone@example.com"), { forgotten: 0, open: 0 });
  const { email, order } = await read();
  assert.deepEqual([email, order?.shippingAddress, order?.items.length], ["", undefined, 2]);
  assert.doesNotMatch((await store.get(orderId)) ?? "", /Amphitheatre|someone/);
  await assert.rejects(orders.resendConfirmation(orderId), {
    code: "FAILED_PRECONDITION",
    message: `the personal data of order ${orderId} was removed`,
  });
});
