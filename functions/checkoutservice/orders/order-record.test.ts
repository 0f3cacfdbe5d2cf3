import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { type TestContext, test } from "node:test";
import { OrderState } from "#protos/hipstershop.ts";
import { recordStoresForTest } from "#runtime/store/fixtures/record-stores.ts";
import type { RecordStore } from "#runtime/store/record-store.ts";
import { fail, startCheckout } from "../fixtures/start-checkout.ts";
import { describeRecord, parseRecord, recordFormat } from "./order-record.ts";

/** Changes the record of an order as a newer release of the same format would. */
async function rewrite(store: RecordStore, orderId: string, changes: object): Promise<void> {
  const text = (await store.get(orderId)) ?? "";
  const record = { ...parseRecord(text), ...changes };
  assert.ok(await store.replace(orderId, text, describeRecord(record)));
}

for (const { name, skip, open } of await recordStoresForTest()) {
  test(`${name}: a rewritten record keeps what a newer release wrote`, { skip }, async (t) => {
    let isDown = true;
    const store = open(t, { name: "orders", format: recordFormat, now: Date.now });
    const { order, orders, client } = await startCheckout(
      t,
      {
        sendOrderConfirmation: () => (isDown ? fail("UNAVAILABLE", "down")() : {}),
      },
      { store },
    );
    const orderId = (await order()).order?.orderId ?? "";
    await t.waitFor(async () => assert.doesNotMatch((await store.get(orderId)) ?? "", /lease/), {
      timeout: 9000,
    });
    const { result } = parseRecord((await store.get(orderId)) ?? "");
    const added = { gift: { wrap: "blue" }, result: { ...Object(result), points: 7 } };
    await rewrite(store, orderId, added);
    isDown = false;
    assert.deepEqual(await orders.sweep(), { settled: 1, open: 0 });
    const text = (await store.get(orderId)) ?? "";
    const { gift, result: kept } = JSON.parse(text);
    assert.deepEqual([gift, kept.points], [{ wrap: "blue" }, 7]);
    const read = await client.getOrder({ userId: "user", orderId });
    assert.equal(read.state, OrderState.ORDER_STATE_CONFIRMED);
  });
}

const startWithOrder = async (t: TestContext) => {
  const checkout = await startCheckout(t);
  const orderId = (await checkout.order()).order?.orderId ?? "";
  const isSettled = async () => assert.equal(await checkout.store.count("open"), 0);
  await t.waitFor(isSettled, { timeout: 9000 });
  return { ...checkout, orderId };
};

test("an order in a state of a newer release is shown, and no step is made", async (t) => {
  const { client, orders, store, orderId, methods } = await startWithOrder(t);
  await rewrite(store, orderId, { state: "packing" });
  const before = methods().length;
  assert.deepEqual(await orders.sweep(), { settled: 0, open: 1 });
  const read = await client.getOrder({ userId: "user", orderId });
  assert.equal(read.state, OrderState.ORDER_STATE_UNSPECIFIED);
  assert.equal(methods().length, before);
});

const unreadable: [title: string, value: string, message: RegExp][] = [
  [
    "a newer format",
    JSON.stringify({ format: 2 }),
    /has format 2, expected format 1: run a release/,
  ],
  ["damaged text", '{"email":"someone@example.com"', /is damaged, expected format 1/],
];

for (const [title, value, message] of unreadable) {
  test(`a record with ${title} is not changed, and its text is not shown`, async (t) => {
    const { client, store, orderId } = await startWithOrder(t);
    const text = await store.get(orderId);
    const write = { expiresAtMs: Date.now() + 60_000, tags: ["all"], sortMs: 0 };
    assert.ok(await store.replace(orderId, text, { value, ...write }));
    await assert.rejects(client.getOrder({ userId: "user", orderId }), (error: Error) => {
      assert.match(error.message, message);
      assert.doesNotMatch(error.message, /someone/);
      return true;
    });
    assert.equal(await store.get(orderId), value);
  });

  test(`an order whose record has ${title} is pending for a repeated call`, async (t) => {
    const { order, store, counts } = await startCheckout(t);
    const requestId = randomUUID();
    const orderId = (await order({ requestId })).order?.orderId ?? "";
    const isSettled = async () => assert.equal(await store.count("open"), 0);
    await t.waitFor(isSettled, { timeout: 9000 });
    const write = { expiresAtMs: Date.now() + 60_000, tags: ["all"], sortMs: 0 };
    assert.ok(await store.replace(orderId, await store.get(orderId), { value, ...write }));
    await assert.rejects(order({ requestId }), {
      info: { reason: "OUTCOME_PENDING", metadata: { order_id: orderId } },
      message,
    });
    assert.equal(counts().charged, 1);
  });

  test(`a record with ${title} does not stop the sweep of other orders`, async (t) => {
    let isDown = true;
    const { order, orders, store, lines } = await startCheckout(t, {
      sendOrderConfirmation: () => (isDown ? fail("UNAVAILABLE", "down")() : {}),
    });
    const orderId = (await order()).order?.orderId ?? "";
    await t.waitFor(async () => assert.doesNotMatch((await store.get(orderId)) ?? "", /lease/), {
      timeout: 9000,
    });
    isDown = false;
    const write = { expiresAtMs: Date.now() + 60_000, tags: ["all", "open"], sortMs: 0 };
    assert.ok(await store.replace("unreadable", undefined, { value, ...write }));
    assert.deepEqual(await orders.sweep(), { settled: 1, open: 1 });
    assert.equal(await store.get("unreadable"), value);
    assert.match(lines.join(""), /an open order cannot be read/);
    for (const failedOnly of [true, false]) {
      const { orders: listed } = await orders.listAllOrders({ failedOnly, limit: 9 });
      assert.equal(listed.length, failedOnly ? 0 : 1);
    }
    assert.doesNotMatch(lines.join(""), /someone@/);
  });
}

test("a record has no card data, and expires a fixed time after its last change", async (t) => {
  const { order, store } = await startCheckout(t, {}, { retentionMs: 60_000 });
  const beforeMs = Date.now();
  const orderId = (await order()).order?.orderId ?? "";
  const text = (await store.get(orderId)) ?? "";
  assert.doesNotMatch(text, /4432|8015|cvv|card/i);
  const { expiresAtMs } = parseRecord(text);
  assert.ok(expiresAtMs >= beforeMs + 60_000 && expiresAtMs <= Date.now() + 60_000);
});
