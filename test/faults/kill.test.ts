import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { writeFaults } from "#backends/local-platform.ts";
import { stableAfterMs } from "#local/instances/back-off.ts";
import { poll } from "../fixtures/poll.ts";
import { OrderShop } from "../orders/fixtures/order-shop.ts";
import { checkOrders } from "./check-orders.ts";
import { countOf } from "./counts.ts";
import { reportFigures } from "./figures.ts";
import { Traffic } from "./traffic.ts";
import { describeTraffic } from "./traffic-counts.ts";

const rounds = countOf({ full: 3, short: 1 });

for (const store of countOf({ full: ["SQLite", "Redis"] as const, short: ["SQLite"] as const })) {
  test(`kill -9 of each function in turn loses no read, no order and no cart, in ${store}`, async (t) => {
    const shop = await OrderShop.start(store);
    if (!shop) return t.skip("redis-server is not installed");
    t.after(() => shop.close());
    const { platform } = shop;
    const traffic = Traffic.start(t, { url: platform.urls.storefront });
    const readySinceMs = new Map<string, number>();
    let kills = 0;
    let reloads = 0;
    for (let round = 0; round < rounds; round += 1) {
      for (const { name } of platform.functions) {
        const readyMs = performance.now() - (readySinceMs.get(name) ?? -stableAfterMs);
        // The platform does not start a function at once that crashes twice within this time.
        if (readyMs < stableAfterMs) await sleep(stableAfterMs - readyMs);
        const { retried } = traffic.result.reads;
        await killUnderLoad(shop, traffic, name);
        if (name !== "frontend") reloads += traffic.result.reads.retried - retried;
        readySinceMs.set(name, performance.now());
        kills += 1;
      }
    }
    const result = await traffic.stop();
    const orders = await checkOrders(shop, result, { maxMails: 2 });
    reportFigures(t, `kill -9, ${store}`, `${kills} kills: ${describeTraffic(result)}; ${orders}`);
    assert.equal(result.reads.failed, 0, describeTraffic(result));
    assert.equal(reloads, 0, "the storefront repeats reads that are lost with a dependency");
    assert.ok(result.orders.placed.length >= kills, "orders were placed between the kills");
  });
}

async function killUnderLoad(shop: OrderShop, traffic: Traffic, name: string): Promise<void> {
  const killed = shop.platform.function(name);
  await poll(
    async () => (killed.state === "ready" ? true : undefined),
    () => `${name} is ${killed.state}`,
  );
  // Calls are in flight whose effect has happened and whose response is not sent.
  await writeFaults(shop.platform.urls.console, name, "*:latency=200ms,after");
  await poll(
    async () => (killed.snapshot().inFlight > 0 ? true : undefined),
    () => `${name} has no request in flight`,
  );
  const { pid } = killed.snapshot();
  shop.kill(name);
  await writeFaults(shop.platform.urls.console, name, "");
  const { requestCount } = traffic.result;
  await poll(
    async () => {
      const now = killed.snapshot();
      const isBack = now.state === "ready" && now.pid !== pid;
      return isBack && traffic.result.requestCount > requestCount + 20 ? true : undefined;
    },
    () => `${name} is ${killed.state} after its process was killed`,
    60_000,
  );
}
