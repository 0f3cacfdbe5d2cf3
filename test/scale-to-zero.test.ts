import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { usedFunctions } from "./fixtures/call-graph.ts";
import { startLocalShop } from "./fixtures/local-shop.ts";
import { Visitor } from "./fixtures/visitor.ts";

describe("scale to zero", () => {
  test("starts functions that are called, stops idle ones, and reports cold starts to the client", async (t) => {
    const shop = await startLocalShop({ idleWindowMs: 500 });
    t.after(() => shop.close());
    const { platform } = shop;
    assert.ok(platform.functions.every(({ state }) => state === "zero"));

    const visitor = new Visitor(platform.urls.storefront);
    const first = await visitor.get("/");
    assert.equal(first.status, 200);
    assert.match(
      first.headers.get("server-timing") ?? "",
      /coldstart;desc="productcatalogservice"/,
    );
    assert.match(await first.text(), /productcatalogservice/);
    assert.equal(platform.function("paymentservice").state, "zero");

    await platform.waitForZero(20_000);
    const again = await visitor.get("/");
    assert.match(again.headers.get("server-timing") ?? "", /coldstart;desc="frontend"/);
  });

  test("loses no request under traffic during which functions stop repeatedly", async (t) => {
    const shop = await startLocalShop({ idleWindowMs: 250 });
    t.after(() => shop.close());
    const { storefront } = shop.platform.urls;
    const startMs = performance.now();
    const failures: string[] = [];
    let orders = 0;
    // Until enough functions were stopped, which takes longer on a busy machine.
    const isOver = () => {
      const elapsedMs = performance.now() - startMs;
      const isEnough = orders > 1 && shop.platform.coldStarts().length > 3 * usedFunctions.length;
      return elapsedMs > 90_000 || (elapsedMs > 12_000 && isEnough);
    };

    const shopper = async (index: number) => {
      const visitor = new Visitor(storefront);
      let added = 0;
      for (let round = 0; !isOver(); round += 1) {
        const add = await visitor.post("/cart", { product_id: "6E92ZMYYFZ", quantity: "1" });
        if (add.status === 302) added += 1;
        else failures.push(`add ${add.status}`);
        // Around the window, so that requests meet functions at the moment they stop.
        await delay(175 + ((index * 37 + round * 53) % 175));
        const cart = await visitor.get("/cart");
        if (cart.status !== 200) failures.push(`cart ${cart.status}`);
        const shown = Number(/class="badge">(\d+)</.exec(await cart.text())?.[1]);
        if (shown !== added) failures.push(`${added} were added, ${shown} are shown`);
        if (round % 4 === 3) {
          const order = await visitor.order();
          if (order.status !== 200) failures.push(`order ${order.status}`);
          await order.text();
          added = 0;
          orders += 1;
        }
        await delay(225 + ((index * 61 + round * 29) % 225));
      }
    };
    await Promise.all([0, 1].map(shopper));

    assert.deepEqual(failures, []);
    assert.ok(orders > 0, "no order was placed");
    const starts = shop.platform.coldStarts().length;
    assert.ok(
      starts > 3 * usedFunctions.length,
      `only ${starts} cold starts: functions were not scaled to zero`,
    );
  });

  test("stops all processes on close", async () => {
    const shop = await startLocalShop();
    const visitor = new Visitor(shop.platform.urls.storefront);
    assert.equal((await visitor.get("/cart")).status, 200);
    const pids = shop.platform.functions.flatMap((each) => each.snapshot().pid ?? []);
    assert.ok(pids.length >= 4);
    const startMs = performance.now();
    await shop.close();
    assert.ok(performance.now() - startMs < 2000, "closing takes two seconds at most");
    for (const pid of pids) assert.throws(() => process.kill(pid, 0), { code: "ESRCH" });
  });
});
