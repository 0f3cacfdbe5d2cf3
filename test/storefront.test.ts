import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { BrowserContextOptions, Locator, Page } from "playwright-core";
import { findAxeViolations, openBrowser } from "./fixtures/browser.ts";
import { startLocalShop } from "./fixtures/local-shop.ts";

const mug = "/product/6E92ZMYYFZ";
const phone = { viewport: { width: 390, height: 844 } };
const desktop = { viewport: { width: 1280, height: 800 } };

async function textOf(locator: Locator): Promise<string> {
  return ((await locator.textContent()) ?? "").replaceAll(/\s+/g, " ").trim();
}

async function addToCart(page: Page, path: string, quantity: string): Promise<void> {
  await page.goto(path);
  await page.getByLabel("Quantity").selectOption(quantity);
  await page.getByRole("button", { name: "Add to cart" }).click();
  await page.waitForURL("**/cart");
}

/** Sends the order form and waits for the order's page, or for the page that refuses it. */
async function placeOrder(page: Page, target = "**/orders/*"): Promise<void> {
  await page.getByRole("button", { name: /^Place order/ }).click();
  await page.waitForURL(target);
}

const refusal = "**/cart/checkout";

test("storefront in a browser", async (suite) => {
  const browser = await openBrowser(suite);
  if (!browser) return;
  const shop = await startLocalShop();
  suite.after(() => shop.close());
  const openShop = async (t: TestContext, options: BrowserContextOptions = desktop) => {
    const context = await browser.newContext({
      baseURL: shop.platform.urls.storefront,
      ...options,
    });
    t.after(() => context.close());
    // Ten functions may have to start for one page.
    context.setDefaultTimeout(30_000);
    return context.newPage();
  };

  await suite.test("accepts the sample customer's order without JavaScript", async (t) => {
    const page = await openShop(t, { ...desktop, javaScriptEnabled: false });
    await page.goto("/");
    await page.getByRole("link", { name: /^Mug/ }).click();
    await page.getByLabel("Quantity").selectOption("2");
    await page.getByRole("button", { name: "Add to cart" }).click();
    assert.equal(await textOf(page.getByRole("link", { name: /^Cart/ })), "Cart 2 items");
    await placeOrder(page);
    assert.match(await textOf(page.locator("h1")), /Thank you/);
    assert.match(await textOf(page.locator(".receipt")), /[A-Y]{2}-\d+-\d+/);
    assert.match(await textOf(page.locator(".paid")), /^\$26\.97$/);
    const url = page.url();
    await page.goto("/cart");
    assert.match(await textOf(page.locator("main")), /Your cart is empty/);
    await page.getByRole("link", { name: "Your orders" }).first().click();
    const orders = page.getByRole("main").getByRole("listitem");
    assert.match(
      await textOf(orders),
      /^[-0-9: ]+ UTC \$26\.97 Order placed 2 items · [-0-9a-f]+$/,
    );
    await orders.getByRole("link").click();
    assert.equal(page.url(), url);
    assert.match(await textOf(page.locator("h1")), /Thank you/);
  });

  await suite.test("changes the cart: quantity, a line, all of it", async (t) => {
    const page = await openShop(t);
    await addToCart(page, mug, "3");
    await addToCart(page, "/product/9SIQT8TOJO", "1");
    const line = page.getByRole("listitem").filter({ hasText: "SKU 6E92ZMYYFZ" });
    await line.getByLabel("Quantity of Mug").fill("4");
    await line.getByRole("button", { name: "Update" }).click();
    await page.getByText("$35.96").waitFor();
    await page.getByRole("button", { name: "Remove Bamboo Glass Jar" }).click();
    await page.getByText("$44.95").first().waitFor();
    await page.getByRole("button", { name: "Empty the cart" }).click();
    await page.waitForURL((url) => url.pathname === "/");
    assert.equal(await textOf(page.locator(".badge")), "0");
  });

  await suite.test("shows each field's error beside it and keeps the values", async (t) => {
    const page = await openShop(t);
    await addToCart(page, mug, "1");
    await page.getByLabel("E-mail").fill("nobody");
    await page.getByLabel("City").fill("Kept Town");
    await page.getByLabel("Card number").fill("4111");
    await placeOrder(page, refusal);
    const field = page.getByLabel("E-mail");
    assert.equal(await field.getAttribute("aria-invalid"), "true");
    assert.equal(await field.inputValue(), "nobody");
    assert.equal(await page.getByLabel("City").inputValue(), "Kept Town");
    assert.equal(await page.getByLabel("Card number").inputValue(), "");
    const summary = page.getByRole("alert");
    await summary.getByRole("link", { name: /e-mail/ }).click();
    assert.equal(await page.evaluate<string>("location.hash"), "#email");
  });

  await suite.test("shows beside the card why it was refused", async (t) => {
    const page = await openShop(t);
    await addToCart(page, mug, "1");
    await page.getByLabel("Card number").fill("3782 822463 10005");
    await placeOrder(page, refusal);
    const error = await textOf(page.locator("#credit_card_number-error"));
    assert.match(error, /^Sorry, we cannot process amex credit cards/);
  });

  await suite.test("switches the currency on a page, and finds products", async (t) => {
    const page = await openShop(t);
    await page.goto(mug);
    await page.getByLabel("Currency").selectOption("EUR");
    await page.getByRole("button", { name: "Set currency" }).click();
    await page.locator(".product-price", { hasText: "€7.95" }).waitFor();
    assert.equal(new URL(page.url()).pathname, mug);
    await page.getByRole("searchbox").fill("glass");
    await page.getByRole("searchbox").press("Enter");
    await page.waitForURL("**/search?q=glass");
    assert.ok((await page.getByRole("link", { name: /Bamboo Glass Jar/ }).count()) >= 1);
  });

  await suite.test("can be used with a keyboard", async (t) => {
    const page = await openShop(t);
    await page.goto(mug);
    await page.keyboard.press("Tab");
    assert.equal(await textOf(page.locator(":focus")), "Skip to content");
    await page.keyboard.press("Enter");
    for (let presses = 0; presses < 10; presses += 1) {
      await page.keyboard.press("Tab");
      if ((await page.locator(":focus").getAttribute("id")) === "quantity") break;
    }
    const outline = await page.evaluate<string>(
      "getComputedStyle(document.activeElement).outlineStyle",
    );
    assert.equal(outline, "solid");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/cart");
    assert.equal(await page.getByLabel("Quantity of Mug").inputValue(), "2");
  });

  await suite.test("loads only files that may be cached for a year", async (t) => {
    const page = await openShop(t);
    const lifetimes = new Map<string, string | undefined>();
    page.on("response", (response) => {
      const { pathname } = new URL(response.url());
      if (!pathname.startsWith("/static/")) return;
      lifetimes.set(pathname, response.headers()["cache-control"]);
    });
    for (const path of ["/", mug, "/cart", "/search", "/nowhere"]) {
      await page.goto(path, { waitUntil: "networkidle" });
    }
    assert.ok(lifetimes.size > 10);
    const short = [...lifetimes].filter(([, value]) => !value?.includes("max-age=31536000"));
    assert.deepEqual(short, []);
  });

  for (const [name, size] of Object.entries({ phone, desktop })) {
    await suite.test(`passes axe on every page and fits on a ${name}`, async (t) => {
      const page = await openShop(t, size);
      const check = async (what: string) => {
        assert.deepEqual(await findAxeViolations(page), [], what);
        const overflow = "document.documentElement.scrollWidth - innerWidth";
        assert.ok((await page.evaluate<number>(overflow)) <= 0, `${what} is wider than the screen`);
        const broken = "[...document.images].filter((i) => i.complete && !i.naturalWidth).length";
        assert.equal(await page.evaluate<number>(broken), 0, `${what} has a broken image`);
      };
      for (const path of [
        "/",
        "/?category=kitchen",
        "/search?q=glass",
        "/search?q=zzz",
        mug,
        "/cart",
        "/orders",
        "/nowhere",
      ]) {
        await page.goto(path);
        await check(path);
      }
      await addToCart(page, mug, "10");
      await check("filled cart");
      await page.getByLabel("E-mail").fill("nobody");
      await placeOrder(page, refusal);
      await check("refused order");
      await page.getByLabel("E-mail").fill("someone@example.com");
      await page.getByLabel("Card number").fill("4432 8015 6152 0454");
      await page.getByLabel("Security code").fill("672");
      await placeOrder(page);
      assert.match(await textOf(page.locator("h1")), /Thank you/);
      await check("confirmation");
      await page.goto("/orders");
      await check("list of orders");
    });
  }
});
