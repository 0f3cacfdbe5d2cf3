import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { type TestContext, test } from "node:test";
import { OrderState } from "#protos/hipstershop.ts";
import { orderIdOf } from "#runtime/order-id.ts";
import { recordStoresForTest } from "#runtime/store/fixtures/record-stores.ts";
import type { RecordStore } from "#runtime/store/record-store.ts";
import { killAt } from "../fixtures/killed-process.ts";
import { makeOrderRequest } from "../fixtures/serve-dependencies.ts";
import { startCheckout } from "../fixtures/start-checkout.ts";
import { checkOrder } from "./check-order.ts";
import { createOrders } from "./create-orders.ts";
import { recordFormat } from "./order-record.ts";

const leaseMs = 20_000;

/** Kills a process at an effect of an order, lets the lease end, and recovers. */
async function killAndRecover(
  t: TestContext,
  store: RecordStore,
  { effect, when, how }: { effect: number; when: "before" | "after"; how: "sweep" | "retry" },
) {
  let passedMs = 0;
  const now = () => Date.now() + passedMs;
  const running = await startCheckout(t, {}, { store, now, leaseMs });
  const { stoppedAt, stopped, port } = killAt(running.port, effect, when);
  const requestId = randomUUID();
  const order = checkOrder(makeOrderRequest({ requestId }));
  const background: PromiseLike<unknown>[] = [];
  const call = {
    signal: new AbortController().signal,
    deadline: undefined,
    waitUntil: (work: PromiseLike<unknown>) => void background.push(work),
  };
  const answer = createOrders(port).placeOrder(order, call);
  const isAcknowledged = await Promise.race([answer.then(() => true), stopped.then(() => false)]);
  await Promise.race([Promise.all(background), stopped]);
  const orderId = orderIdOf("user", requestId);
  const existed = (await store.get(orderId)) !== undefined;
  passedMs += leaseMs;
  if (how === "retry") await running.order({ requestId }, 10_000).catch(() => undefined);
  else await running.orders.sweep();
  await t.waitFor(async () => assert.equal(await store.count("open"), 0), { timeout: 9000 });
  const text = await store.get(orderId);
  const state = text === undefined ? undefined : JSON.parse(text).state;
  const { counts, cart, methods } = running;
  const mails = methods().filter((method) => method === "sendOrderConfirmation").length;
  const lines = cart.items().length;
  return { stoppedAt: stoppedAt(), existed, isAcknowledged, state, counts: counts(), lines, mails };
}

const placed = { charged: 1, refunded: 0, shipped: 1 };

for (const { name, skip, open } of await recordStoresForTest()) {
  for (const when of ["before", "after"] as const) {
    for (const how of ["sweep", "retry"] as const) {
      test(`${name}: a ${how} settles an order that was killed ${when} any effect`, {
        skip,
      }, async (t) => {
        const store = open(t, { name: "orders", format: recordFormat, now: Date.now });
        const seen: string[] = [];
        for (let effect = 1; ; effect += 1) {
          const result = await killAndRecover(t, store, { effect, when, how });
          const { stoppedAt, existed, isAcknowledged, state, counts, lines, mails } = result;
          const title = JSON.stringify(result);
          if (state === "confirmed") {
            assert.deepEqual([counts, lines], [placed, 0], title);
            assert.ok(mails === 1 || mails === 2, title);
          } else {
            assert.equal(isAcknowledged, false, title);
            const isRefunded = state === "refunded";
            if (state !== undefined) assert.ok(isRefunded || state === "failed", title);
            const refunded = isRefunded ? 1 : 0;
            assert.deepEqual([counts, lines], [{ charged: 0, refunded, shipped: 0 }, 2], title);
            assert.equal(mails, 0, title);
            assert.equal(state === undefined, !existed, title);
          }
          if (stoppedAt === undefined) break;
          seen.push(stoppedAt);
        }
        for (const effect of ["payment.charge", "shipping.shipOrder", "cart.removeItems"]) {
          assert.ok(seen.includes(`${when} ${effect}`), seen.join());
        }
      });
    }
  }
}

test("a process that drains ends its leases", async (t) => {
  const charging = Promise.withResolvers<void>();
  const { orders, order, client } = await startCheckout(
    t,
    {
      charge: () => {
        charging.resolve();
        return new Promise(() => undefined);
      },
    },
    { leaseMs: 2000 },
  );
  const requestId = randomUUID();
  const answer = order({ requestId }, 2000);
  answer.catch(() => undefined);
  await charging.promise;
  await orders.release();
  assert.deepEqual(await orders.sweep(), { settled: 1, open: 0 });
  const orderId = orderIdOf("user", requestId);
  const { state } = await client.getOrder({ userId: "user", orderId });
  assert.equal(state, OrderState.ORDER_STATE_FAILED);
});
