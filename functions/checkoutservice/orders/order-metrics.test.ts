import assert from "node:assert/strict";
import { test } from "node:test";
import { renderMetrics } from "#runtime/metrics.ts";
import { StatusError } from "#runtime/status.ts";
import { createMemoryRecordStore } from "#runtime/store/fixtures/memory-record-store.ts";
import { startCheckout } from "../fixtures/start-checkout.ts";
import { defineJournalGauges } from "./order-metrics.ts";

test("reports open orders, their ages by state, and failed confirmations at each scrape", async (t) => {
  let passedMs = 0;
  const startMs = Date.now();
  const now = () => startMs + passedMs;
  const store = createMemoryRecordStore();
  defineJournalGauges({ store, now });
  let isAway = true;
  const publish = async () => {
    if (isAway) throw new StatusError("UNAVAILABLE", "no broker");
  };
  const { order, orders } = await startCheckout(t, {}, { store, now, publish });
  const read = async () => {
    const { body } = await renderMetrics();
    const sample = (name: string) =>
      Number(
        body
          .split("\n")
          .find((line) => line.startsWith(`${name} `))
          ?.split(" ")[1],
      );
    const ages = ["charging", "shipping", "placed", "cancelling"].map((state) =>
      Math.round(sample(`shop_orders_oldest_open_seconds{state="${state}"}`)),
    );
    return [sample("shop_orders_open"), ages, sample("shop_order_confirmations_failed")];
  };
  assert.deepEqual(await read(), [0, [0, 0, 0, 0], 0]);
  const { order: placed } = await order();
  passedMs = 700_000;
  assert.deepEqual(await read(), [1, [0, 0, 700, 0], 0]);
  isAway = false;
  await t.waitFor(async () => assert.equal((await orders.sweep()).open, 0), {
    timeout: 10_000,
  });
  assert.deepEqual(await read(), [0, [0, 0, 0, 0], 0]);
  await orders.recordUndelivered(placed?.orderId ?? "", "550 no mailbox");
  assert.deepEqual(await read(), [0, [0, 0, 0, 0], 1]);
  // An order that cannot be read must not hide the ages of the others.
  const tags = ["open", "open:charging"];
  const damaged = { value: "{", tags, sortMs: 0, expiresAtMs: now() + 60_000 };
  assert.ok(await store.replace("damaged", undefined, damaged));
  const { body } = await renderMetrics();
  assert.match(body, /^shop_orders_oldest_open_seconds\{state="charging"\} \+Inf$/m);
  assert.match(body, /^shop_orders_oldest_open_seconds\{state="placed"\} 0$/m);
});
