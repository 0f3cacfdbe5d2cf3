import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { type TestContext, test } from "node:test";
import { recordStoresForTest } from "#runtime/store/fixtures/record-stores.ts";
import { killAt } from "../fixtures/killed-process.ts";
import { makeOrderRequest } from "../fixtures/serve-dependencies.ts";
import { fail, startCheckout, startInstance } from "../fixtures/start-checkout.ts";
import { checkOrder } from "./check-order.ts";
import { createOrders } from "./create-orders.ts";
import { recordFormat } from "./order-record.ts";
import type { OrderPort } from "./port.ts";

const leaseMs = 20_000;

/** Places orders with a process that is killed after an effect of each of them. */
async function killDuring(port: OrderPort, effects: readonly number[]): Promise<void> {
  const signal = new AbortController().signal;
  for (const effect of effects) {
    const killed = killAt(port, effect, "after");
    const order = checkOrder(makeOrderRequest({ requestId: randomUUID() }));
    const call = { signal, deadline: undefined, waitUntil: () => undefined };
    const answer = createOrders(killed.port).placeOrder(order, call);
    await Promise.race([answer, killed.stopped]);
    await killed.stopped;
  }
}

// An order's 4th effect is its first write, the 5th its charge, the 6th the write of the charge, and the 7th
// its shipment.
const effects = [4, 5, 6, 7, 4, 5, 6, 7];

for (const { name, skip, open } of await recordStoresForTest()) {
  const openStore = (t: TestContext) =>
    open(t, { name: "orders", format: recordFormat, now: Date.now });

  test(`${name}: two instances that sweep at once settle each order once`, { skip }, async (t) => {
    let passedMs = 0;
    const now = () => Date.now() + passedMs;
    const first = await startCheckout(t, {}, { store: openStore(t), now, leaseMs });
    const second = await startInstance(t, first.address, { store: openStore(t), now, leaseMs });
    await killDuring(first.port, effects);
    passedMs += leaseMs;
    const sweeps = await Promise.all([
      first.client.sweep({}, { timeoutMs: 30_000 }),
      second.client.sweep({}, { timeoutMs: 30_000 }),
      first.client.sweep({}, { timeoutMs: 30_000 }),
    ]);
    assert.equal(
      sweeps.reduce((sum, { settled }) => sum + settled, 0),
      effects.length,
    );
    // Of each four, the first was not charged, the second was, and the others were shipped.
    assert.deepEqual(first.counts(), { charged: 4, refunded: 2, shipped: 4 });
    const calls = (method: string) => first.methods().filter((each) => each === method).length;
    assert.deepEqual([calls("sendOrderConfirmation"), calls("refund")], [4, 4]);
    assert.equal(await first.store.count("open"), 0);
  });
}

test("a sweep reads more open orders than one page, and tries each of them once", async (t) => {
  let passedMs = 0;
  const now = () => Date.now() + passedMs;
  const { port, orders, methods } = await startCheckout(
    t,
    { cancelShipment: fail("INTERNAL", "no") },
    { now, leaseMs },
  );
  await killDuring(
    port,
    Array.from({ length: 210 }, () => 4),
  );
  passedMs += leaseMs;
  assert.deepEqual(await orders.sweep(), { settled: 0, open: 210 });
  assert.equal(methods().filter((method) => method === "cancelShipment").length, 210);
});

test("a sweep waits for a lease that ends within the duration of a lease", async (t) => {
  const { port, orders, counts } = await startCheckout(t, {}, { leaseMs: 1000 });
  await killDuring(port, [5]);
  assert.deepEqual(await orders.sweep(), { settled: 1, open: 0 });
  assert.deepEqual(counts(), { charged: 0, refunded: 1, shipped: 0 });
});

test("a sweep does not wait longer for orders that another process settles", async (t) => {
  const charging = Promise.withResolvers<void>();
  const mayAnswer = Promise.withResolvers<void>();
  const { order, orders } = await startCheckout(t, (ledger) => ({
    charge: async (request) => {
      charging.resolve();
      await mayAnswer.promise;
      return ledger.charge(request);
    },
  }));
  const answer = order({}, 10_000);
  await charging.promise;
  const swept = orders.sweep();
  mayAnswer.resolve();
  await answer;
  assert.deepEqual(await swept, { settled: 0, open: 0 });
});

test("a sweep answers before its caller's deadline, and finishes what it started", async (t) => {
  const mayAnswer = Promise.withResolvers<void>();
  const { port, client, orders, store } = await startCheckout(
    t,
    (ledger) => ({
      refund: async (request) => {
        await mayAnswer.promise;
        return ledger.refund(request);
      },
    }),
    { leaseMs: 4000 },
  );
  await killDuring(port, [5]);
  const swept = await client.sweep({}, { timeoutMs: 5000 });
  assert.deepEqual(swept, { settled: 0, open: 1 });
  mayAnswer.resolve();
  await t.waitFor(async () => assert.equal(await store.count("open"), 0), { timeout: 9000 });
  assert.deepEqual(await orders.sweep(), { settled: 0, open: 0 });
});
