import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { hiddenFieldsOf } from "#load/hidden-fields.ts";
import { createOrderForm } from "#load/order-form.ts";
import { trackingNumber } from "#load/scenario.ts";
import { createRandom } from "#measure/random.ts";
import { runShop } from "../../cli/fixtures/run-shop.ts";
import { startLocalShop } from "../fixtures/local-shop.ts";
import { poll } from "../fixtures/poll.ts";
import { Browser } from "./browser.ts";
import { countOf } from "./counts.ts";
import { reportFigures } from "./figures.ts";
import { createProgram } from "./program.ts";
import { Traffic } from "./traffic.ts";
import { describeTraffic } from "./traffic-counts.ts";

describe("a process that dies while it is warmed up", () => {
  test("does not affect other pages, refuses orders with a clear page, and is explained by shop status", async (t) => {
    const payment = createProgram(t, "paymentservice", 'await import("./missing-module.mjs");');
    const shop = await startLocalShop({
      programs: { paymentservice: payment.path },
      // The cart page warms up what an order needs.
      env: { PREWARM: "predict", SHOP_SWEEP_INTERVAL: "2s", ORDER_LEASE: "4s" },
    });
    t.after(() => shop.close());
    const { urls } = shop.platform;
    const target = shop.platform.function("paymentservice");
    const traffic = Traffic.start(t, { url: urls.storefront, visitors: 2, isOrdering: false });
    const customer = new Browser({ url: urls.storefront, hostHeader: null, timeoutMs: 30_000 });
    t.after(() => customer.close());

    const cart = await customer.post("/cart", { product_id: "OLJCESPC7Z", quantity: "1" });
    assert.equal(cart.error, undefined);
    const form = {
      ...createOrderForm(createRandom(17), new Date()),
      ...hiddenFieldsOf(customer.page, "/cart/checkout"),
    };
    // Nothing but the warm-up has called it.
    await poll(
      async () => (target.snapshot().lastCrash ? true : undefined),
      () => `paymentservice is ${target.state}`,
    );
    const ordered = await customer.post("/cart/checkout", form);
    const explanation = customer.explanation;
    assert.match(explanation, /could not be completed, and nothing is shipped/);
    // It is not crashed while the next call starts it.
    const report = await poll(
      async () => {
        const { status, stdout } = await runShop(["status", "--local", urls.console]);
        return status === 1 ? stdout : undefined;
      },
      () => "shop status exits with 0",
    );
    assert.match(
      report,
      /^ {2}paymentservice exited with code 1: Error \[ERR_MODULE_NOT_FOUND\]: /m,
    );

    payment.change("");
    await poll(
      async () => {
        await customer.get(ordered.path);
        return /Your card was not charged/.test(customer.page) ? true : undefined;
      },
      () => customer.explanation,
      60_000,
    );
    await poll(
      async () => {
        await customer.get("/cart");
        const again = { ...form, ...hiddenFieldsOf(customer.page, "/cart/checkout") };
        await customer.post("/cart/checkout", again);
        return trackingNumber.test(customer.page) ? true : undefined;
      },
      () => customer.explanation,
      60_000,
    );
    const result = await traffic.stop();
    reportFigures(t, "dies at boot", `${explanation}; other pages: ${describeTraffic(result)}`);
    assert.deepEqual(result.errors, []);
  });

  test("is started again for the same page if it was killed", async (t) => {
    const shop = await startLocalShop();
    t.after(() => shop.close());
    const browser = new Browser({
      url: shop.platform.urls.storefront,
      hostHeader: null,
      timeoutMs: 30_000,
    });
    t.after(() => browser.close());
    const all = [
      "productcatalogservice",
      "currencyservice",
      "cartservice",
      "recommendationservice",
    ];
    const names = countOf({ full: all, short: all.slice(0, 1) });
    for (const name of names) {
      const target = shop.platform.function(name);
      const page = browser.get("/cart");
      await poll(
        async () => (["starting", "ready"].includes(target.state) ? true : undefined),
        () => `${name} is ${target.state}`,
      );
      const { pid } = target.snapshot();
      if (pid !== null) process.kill(pid, "SIGKILL");
      assert.equal((await page).status, 200, `${name}: ${browser.explanation}`);
    }
    reportFigures(t, "killed at boot", `${names.length} kills: all pages served without a retry`);
  });
});
