import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { StatusError } from "#runtime/status.ts";
import { goodOrder, openTestShop, testSessionId } from "./fixtures/storefront.ts";

const cartLink = /<a class="cart-link" href="\/cart">.*?<\/a>/;
const withNumber = /<span class="badge">2<\/span>/;
const pathsWithoutCart = ["/", "/product/MUG", "/search?q=mug"];

function linkOf(page: string): string {
  return cartLink.exec(page)?.[0] ?? "";
}

describe("the cart in a page's header", () => {
  for (const code of ["UNAVAILABLE", "DEADLINE_EXCEEDED", "FAILED_PRECONDITION"] as const) {
    it(`has no number if the cart service returns ${code}`, async (t) => {
      const shop = await openTestShop(t);
      shop.dependencies.failures.set("CartService/getCart", new StatusError(code, "no Redis"));
      for (const path of pathsWithoutCart) {
        const response = await shop.get(path);
        const page = await response.text();
        assert.equal(response.status, 200, path);
        assert.match(linkOf(page), /<span>Cart<\/span><\/a>$/);
        assert.match(page, /\$8\.99/);
        assert.doesNotMatch(page, /no Redis/);
      }
      const reads = shop.dependencies.calls.filter((call) => call === "CartService/getCart");
      assert.equal(reads.length, pathsWithoutCart.length);
    });
  }

  it("does not delay a page if the cart service is warm but does not answer", async (t) => {
    const shop = await openTestShop(t);
    await shop.get("/");
    const answer = Promise.withResolvers<void>();
    shop.dependencies.waits.set("CartService/getCart", answer.promise);
    for (const path of pathsWithoutCart) {
      const startMs = performance.now();
      const page = await (await shop.get(path)).text();
      assert.match(linkOf(page), /<span>Cart<\/span><\/a>$/);
      assert.ok(performance.now() - startMs < 1000);
    }
    answer.resolve();
  });

  for (const [path, call] of [
    ["/", "CurrencyService/convertBatch"],
    ["/product/MUG", "AdService/getAds"],
    ["/search?q=mug", "CurrencyService/convertBatch"],
  ] as const) {
    it(`delays no other call of ${path}`, async (t) => {
      const shop = await openTestShop(t);
      const answer = Promise.withResolvers<void>();
      shop.dependencies.waits.set("CartService/getCart", answer.promise);
      const response = shop.get(path, { cookie: "shop_currency=EUR" });
      const { calls } = shop.dependencies;
      await t.waitFor(() => assert.ok(calls.includes(call), calls.join()), { timeout: 2000 });
      answer.resolve();
      assert.equal((await response).status, 200);
    });
  }

  it("has its number after a cold start of the cart service", async (t) => {
    const shop = await openTestShop(t);
    shop.dependencies.carts.set(testSessionId, new Map([["MUG", 2]]));
    shop.dependencies.waits.set("CartService/getCart", delay(600));
    assert.match(linkOf(await (await shop.get("/")).text()), withNumber);
  });
});

describe("without the list of currencies", () => {
  const offered = (page: string) =>
    [...page.matchAll(/<option value="([A-Z]{3})"( selected)?/g)].map((match) => match.slice(1));

  for (const path of [...pathsWithoutCart, "/cart"]) {
    it(`${path} offers the visitor's currency alone`, async (t) => {
      const shop = await openTestShop(t);
      const failure = new StatusError("UNAVAILABLE", "no rates");
      shop.dependencies.failures.set("CurrencyService/getSupportedCurrencies", failure);
      const response = await shop.get(path);
      assert.equal(response.status, 200);
      assert.deepEqual(offered(await response.text()), [["USD", " selected"]]);
    });

    it(`${path} offers those that the conversion of its prices returns`, async (t) => {
      const shop = await openTestShop(t);
      const failure = new StatusError("UNAVAILABLE", "no list");
      shop.dependencies.failures.set("CurrencyService/getSupportedCurrencies", failure);
      const page = await (await shop.get(path, { cookie: "shop_currency=EUR" })).text();
      assert.deepEqual(offered(page).slice(0, 2), [
        ["EUR", " selected"],
        ["USD", undefined],
      ]);
      assert.equal(offered(page).length, 6);
      const calls = shop.dependencies.calls.filter((call) => call.startsWith("CurrencyService/"));
      assert.deepEqual(calls, ["CurrencyService/convertBatch"]);
    });

    it(`${path} requests it if an older currency service returns none with prices`, async (t) => {
      const shop = await openTestShop(t);
      shop.dependencies.settings.isOlderCurrency = true;
      const page = await (await shop.get(path, { cookie: "shop_currency=EUR" })).text();
      assert.equal(offered(page).length, 6);
    });
  }
});

describe("without the cart service", () => {
  it("the cart page and the order return 503", async (t) => {
    const shop = await openTestShop(t);
    const failure = new StatusError("UNAVAILABLE", "no Redis");
    shop.dependencies.failures.set("CartService/getCart", failure);
    shop.dependencies.failures.set("CheckoutService/placeOrder", failure);
    for (const response of [
      await shop.get("/cart"),
      await shop.post("/cart/checkout", goodOrder),
    ]) {
      assert.equal(response.status, 503);
      assert.match(await response.text(), /A part of the shop is not available/);
    }
  });

  it("the cart page waits for the cart", async (t) => {
    const shop = await openTestShop(t);
    await shop.get("/");
    shop.dependencies.carts.set(testSessionId, new Map([["MUG", 2]]));
    shop.dependencies.waits.set("CartService/getCart", delay(600));
    assert.match(await (await shop.get("/cart")).text(), /SKU MUG/);
  });
});
