import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { createRandom, pickInteger } from "#measure/random.ts";
import { createClients } from "../fixtures/clients.ts";
import { type LocalShop, startLocalShop } from "../fixtures/local-shop.ts";
import { poll } from "../fixtures/poll.ts";
import { countOf } from "./counts.ts";
import { reportFigures } from "./figures.ts";
import { Traffic } from "./traffic.ts";
import { describeTraffic } from "./traffic-counts.ts";

const cycles = countOf({ full: 200, short: 10 });

// A request that arrives when the window ends meets a function that drains.
const maxLateMs = 100;

describe("requests further apart than the idle window", () => {
  test(`${cycles} cycles of a function lose no call and write each once`, async (t) => {
    const idleWindowMs = 50;
    const shop = await startLocalShop({ idleWindowMs });
    t.after(() => shop.close());
    const { cart, close } = createClients(shop.addressOf);
    t.after(close);
    const userId = randomUUID();
    const item = { productId: "OLJCESPC7Z", quantity: 1 };
    const random = createRandom(17);
    let calls = 0;
    const latenciesMs: number[] = [];
    while (startsOf(shop, "cartservice") < cycles) {
      const startMs = performance.now();
      await cart.addItem({ userId, item });
      latenciesMs.push(performance.now() - startMs);
      calls += 1;
      await sleep(idleWindowMs + pickInteger(random, 0, maxLateMs));
    }
    const { items } = await cart.getCart({ userId });
    const slowest = Math.round(Math.max(...latenciesMs));
    reportFigures(
      t,
      "cycles, cartservice",
      `${cycles} cycles, ${calls} calls: 0 failed, slowest ${slowest} ms`,
    );
    assert.deepEqual(items, [{ ...item, quantity: calls }]);
    assert.equal(shop.platform.function("cartservice").snapshot().lastCrash, null);
  });

  test("visitors who wait longer than the window get all pages", async (t) => {
    // An order needs functions that a shorter window would stop between two of its steps.
    const idleWindowMs = 500;
    const shop = await startLocalShop({ idleWindowMs });
    t.after(() => shop.close());
    const pauseMs = [idleWindowMs, idleWindowMs + maxLateMs] as const;
    const traffic = Traffic.start(t, { url: shop.platform.urls.storefront, visitors: 1, pauseMs });
    const countStarts = () =>
      shop.platform.functions.reduce((sum, each) => sum + each.snapshot().starts, 0);
    await poll(
      async () => (countStarts() >= cycles ? true : undefined),
      () => `${countStarts()} starts`,
      180_000,
    );
    const result = await traffic.stop();
    const starts = countStarts();
    reportFigures(t, "cycles, all functions", `${starts} cycles: ${describeTraffic(result)}`);
    assert.deepEqual(result.errors, []);
    assert.deepEqual(result.wrongCarts, []);
    assert.ok(result.orders.placed.length > 0);
    for (const each of shop.platform.functions) assert.equal(each.snapshot().lastCrash, null);
  });
});

function startsOf(shop: LocalShop, name: string): number {
  return shop.platform.function(name).snapshot().starts;
}
