import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Page } from "playwright-core";
import { OrderState } from "#protos/hipstershop.ts";
import { StatusError } from "#runtime/status.ts";
import {
  serveTestShop,
  sessionOf,
  type TestShop,
  testSessionId,
} from "../functions/frontend/fixtures/storefront.ts";
import { findAxeViolations, openBrowser } from "./fixtures/browser.ts";

const phone = { width: 390, height: 844 };
const desktop = { width: 1280, height: 800 };

async function placeOrder(page: Page, target: string): Promise<void> {
  await page.getByLabel("Card number").fill("4432 8015 6152 0454");
  await page.getByLabel("Security code").fill("672");
  await page.getByRole("button", { name: /^Place order/ }).click();
  await page.waitForURL(target);
}

/** Places an order for each state of an order, and returns the paths of their pages. */
async function orderInEachState(shop: TestShop): Promise<string[]> {
  const paths = [];
  for (const state of Object.values(OrderState)) {
    await shop.post("/cart", { product_id: "MUG", quantity: "10" });
    const path = (await shop.order()).headers.get("location") ?? "";
    const order = shop.dependencies.kept.get(path.slice("/orders/".length));
    if (order) order.state = state;
    paths.push(path);
  }
  return paths;
}

test("the pages of orders in a browser", async (suite) => {
  const browser = await openBrowser(suite);
  if (!browser) return;
  const openShop = async (t: TestContext, viewport = desktop) => {
    const shop = await serveTestShop(t);
    const url = `http://${shop.host}`;
    const context = await browser.newContext({ baseURL: url, viewport });
    t.after(() => context.close());
    const [name = "", value = ""] = sessionOf(testSessionId).split("=");
    await context.addCookies([{ name, value, url }]);
    return { shop, page: await context.newPage() };
  };

  for (const [name, size] of Object.entries({ phone, desktop })) {
    await suite.test(`pass axe in each state and fit on a ${name}`, async (t) => {
      const { shop, page } = await openShop(t, size);
      const check = async (what: string) => {
        assert.deepEqual(await findAxeViolations(page), [], what);
        const overflow = "document.documentElement.scrollWidth - innerWidth";
        assert.ok((await page.evaluate<number>(overflow)) <= 0, `${what} is wider than the screen`);
      };
      const paths = await orderInEachState(shop);
      for (const path of [...paths, "/orders", "/orders/7", "/logout"]) {
        await page.goto(path);
        await check(path);
      }
      await shop.post("/cart", { product_id: "MUG", quantity: "1" });
      for (const info of [{ reason: "NOTHING_CHARGED", metadata: {} }, undefined]) {
        await page.goto("/cart");
        const failure = new StatusError("INTERNAL", "down", { info });
        shop.dependencies.failures.set("CheckoutService/placeOrder", failure);
        await placeOrder(page, "**/cart/checkout");
        await check(info?.reason ?? "an unknown outcome");
      }
    });
  }

  await suite.test("show the new total of a cart that changed in another tab", async (t) => {
    const { shop, page } = await openShop(t, phone);
    await shop.post("/cart", { product_id: "MUG", quantity: "1" });
    await page.goto("/cart");
    await shop.post("/cart", { product_id: "JAR", quantity: "1" });
    await placeOrder(page, "**/cart/checkout");
    const notice = (await page.getByRole("alert").textContent()) ?? "";
    assert.match(notice, /nothing was charged.*now \$23\.47 instead of \$17\.98/);
    assert.equal(await page.getByLabel("Card number").inputValue(), "");
    await placeOrder(page, "**/orders/*");
    assert.match((await page.locator(".paid").textContent()) ?? "", /\$23\.47/);
    assert.equal(shop.dependencies.orders.length, 1);
  });

  await suite.test("show one order for three clicks on its button", async (t) => {
    const { shop, page } = await openShop(t);
    await shop.post("/cart", { product_id: "MUG", quantity: "1" });
    await page.goto("/cart");
    const answer = Promise.withResolvers<void>();
    shop.dependencies.waits.set("CheckoutService/placeOrder", answer.promise);
    const button = page.getByRole("button", { name: /^Place order/ });
    await button.scrollIntoViewIfNeeded();
    const { x = 0, y = 0 } = (await button.boundingBox()) ?? {};
    const { calls } = shop.dependencies;
    for (let clicks = 1; clicks <= 3; clicks += 1) {
      // Unlike button.click(), it does not wait for the navigation.
      await page.mouse.click(x + 20, y + 20);
      const count = () => calls.filter((call) => call === "CheckoutService/placeOrder").length;
      await t.waitFor(() => assert.equal(count(), clicks), { timeout: 5000 });
    }
    answer.resolve();
    await page.waitForURL("**/orders/*");
    assert.equal(shop.dependencies.orders.length, 1);
    await page.reload();
    assert.match((await page.locator("h1").textContent()) ?? "", /Thank you/);
    assert.equal(shop.dependencies.orders.length, 1);
  });
});
