import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { orderIdOf } from "#runtime/order-id.ts";
import type { StatusError } from "#runtime/status.ts";
import { createMemoryRecordStore } from "#runtime/store/fixtures/memory-record-store.ts";
import type { RecordStore } from "#runtime/store/record-store.ts";
import { StoreError } from "#runtime/store/store-error.ts";
import { startCheckout } from "../fixtures/start-checkout.ts";
import { parseRecord } from "./order-record.ts";

/** A store that fails from its n-th write on, until it is repaired. */
function createFailingStore(write: number, isWritten: boolean) {
  const store = createMemoryRecordStore();
  let writes = 0;
  let isDown = false;
  const fail = () => {
    throw new StoreError("no connection", { unreachable: true, cause: undefined });
  };
  const failing: RecordStore = {
    ...store,
    get: (key) => (isDown ? fail() : store.get(key)),
    replace: async (...values) => {
      if (isDown) fail();
      writes += 1;
      if (writes !== write) return store.replace(...values);
      isDown = true;
      if (isWritten) await store.replace(...values);
      return fail();
    },
  };
  const repair = () => {
    isDown = false;
  };
  return { store: failing, repair };
}

// The writes of an order: charging, shipping, placed, confirmed.
const cases = [
  { write: 1, isWritten: false, state: undefined },
  { write: 1, isWritten: true, state: "failed" },
  { write: 2, isWritten: false, state: "refunded" },
  { write: 2, isWritten: true, state: "confirmed" },
  { write: 3, isWritten: false, state: "confirmed" },
  { write: 3, isWritten: true, state: "confirmed" },
];

for (const { write, isWritten, state } of cases) {
  const outcome = isWritten ? "is made but not confirmed" : "fails";
  test(`an order whose write ${write} ${outcome} is pending, and settled by a sweep`, async (t) => {
    let passedMs = 0;
    const now = () => Date.now() + passedMs;
    const { store, repair } = createFailingStore(write, isWritten);
    const { order, orders, counts } = await startCheckout(t, {}, { store, now });
    const requestId = randomUUID();
    await assert.rejects(order({ requestId }), ({ code, info }: StatusError) => {
      assert.deepEqual([code, info?.reason], ["UNAVAILABLE", "OUTCOME_PENDING"]);
      return true;
    });
    repair();
    passedMs = 20_000;
    await orders.sweep();
    const text = await store.get(orderIdOf("user", requestId));
    assert.equal(text && parseRecord(text).state, state);
    const placed = state === "confirmed" ? 1 : 0;
    const refunded = state === "refunded" ? 1 : 0;
    assert.deepEqual(counts(), { charged: placed, refunded, shipped: placed });
  });
}

test("an order is acknowledged although its confirmation cannot be recorded", async (t) => {
  let passedMs = 0;
  const now = () => Date.now() + passedMs;
  const { store, repair } = createFailingStore(4, false);
  const { order, orders, counts, lines } = await startCheckout(t, {}, { store, now });
  assert.ok((await order()).order);
  await t.waitFor(() => assert.ok(lines.some((line) => line.includes("an order stopped"))));
  repair();
  passedMs = 20_000;
  await t.waitFor(async () => assert.equal((await orders.sweep()).settled, 1), { timeout: 9000 });
  assert.deepEqual(counts(), { charged: 1, refunded: 0, shipped: 1 });
});

test("nothing is charged while the store does not answer", async (t) => {
  const { store } = createFailingStore(1, false);
  const { order, methods } = await startCheckout(t, {}, { store });
  await assert.rejects(order(), ({ code, message, info }: StatusError) => {
    assert.equal(code, "UNAVAILABLE");
    assert.equal(message, "Can't access order storage. no connection");
    assert.equal(info?.reason, "NOTHING_CHARGED");
    return true;
  });
  const isPending = ({ info }: StatusError) => info?.reason === "OUTCOME_PENDING";
  await assert.rejects(order({ requestId: randomUUID() }), isPending);
  assert.ok(!methods().includes("charge"));
});
