import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { StatusError } from "#runtime/status.ts";
import { goodOrder, openTestShop, serveTestShop, testSessionId } from "./fixtures/storefront.ts";
import { renderAd } from "./pages/product-card.ts";

describe("home page", () => {
  it("shows all products with their prices, with three calls", async (t) => {
    const shop = await openTestShop(t);
    const response = await shop.get("/");
    const page = await response.text();
    assert.equal(response.status, 200);
    assert.equal(page.match(/<li class="card">/g)?.length, 9);
    assert.match(page, /Salt &amp; Pepper Shakers/);
    assert.match(page, /\$109\.99/);
    assert.deepEqual(shop.dependencies.calls.sort(), [
      "CartService/getCart",
      "CurrencyService/getSupportedCurrencies",
      "ProductCatalogService/listProducts",
    ]);
  });

  it("converts all prices with one call if the currency is not US dollars", async (t) => {
    const shop = await openTestShop(t);
    const response = await shop.get("/", { cookie: "shop_currency=EUR" });
    assert.match(await response.text(), /€219\.98/);
    const conversions = shop.dependencies.calls.filter((call) => call.includes("convert"));
    assert.deepEqual(conversions, ["CurrencyService/convertBatch"]);
  });

  it("shows one category, or that it has no products", async (t) => {
    const shop = await openTestShop(t);
    const kitchen = await (await shop.get("/?category=kitchen")).text();
    assert.equal(kitchen.match(/<li class="card">/g)?.length, 3);
    assert.match(
      await (await shop.get("/?category=boats")).text(),
      /This category has no products/,
    );
  });

  it("offers six currencies in the service's order, with the chosen one selected", async (t) => {
    const shop = await openTestShop(t);
    const page = await (await shop.get("/", { cookie: "shop_currency=GBP" })).text();
    const codes = [...page.matchAll(/<option value="([A-Z]{3})"/g)].map(([, code]) => code);
    assert.deepEqual(codes, ["EUR", "USD", "JPY", "GBP", "TRY", "CAD"]);
    assert.match(page, /<option value="GBP" selected>/);
  });

  it("shows the number of items in the cart", async (t) => {
    const shop = await openTestShop(t);
    await shop.post("/cart", { product_id: "MUG", quantity: "3" });
    await shop.post("/cart", { product_id: "JAR", quantity: "2" });
    assert.match(await (await shop.get("/")).text(), /<span class="badge">5<\/span>/);
  });

  it("shows the operator's message and the trace ID", async (t) => {
    const shop = await serveTestShop(t, { message: "Sale & more" });
    const page = await (await shop.get("/")).text();
    assert.match(page, /<p class="banner">Sale &amp; more<\/p>/);
    assert.match(page, /<dt>Trace<\/dt><dd><code>[0-9a-f]{32}<\/code>/);
  });
});

describe("product page", () => {
  it("shows the product, the quantities, four recommendations and an ad", async (t) => {
    const shop = await openTestShop(t);
    const page = await (await shop.get("/product/MUG")).text();
    const main = page.slice(page.indexOf("<main"));
    const quantities = [...main.matchAll(/<option value="(\d+)">/g)].map(([, value]) => value);
    assert.match(main, /<h1>Mug<\/h1>/);
    assert.deepEqual(quantities, ["1", "2", "3", "4", "5", "10"]);
    assert.equal(main.match(/<li class="card">/g)?.length, 4);
    assert.match(main, /the third one is free/);
  });

  it("has no recommendations and no ad if their functions fail", async (t) => {
    const shop = await openTestShop(t);
    for (const call of ["RecommendationService/listRecommendations", "AdService/getAds"]) {
      shop.dependencies.failures.set(call, new StatusError("INTERNAL", "broken"));
    }
    const response = await shop.get("/product/MUG");
    const page = await response.text();
    assert.equal(response.status, 200);
    assert.doesNotMatch(page, /You may also like|class="ad"/);
  });

  it("returns 404 for an unknown product", async (t) => {
    const shop = await openTestShop(t);
    assert.equal((await shop.get("/product/NONE")).status, 404);
    assert.equal((await shop.get("/product/%FF")).status, 404);
  });
});

describe("search page", () => {
  it("shows the results and keeps the query in the field", async (t) => {
    const shop = await openTestShop(t);
    const page = await (await shop.get("/search?q=%20MUG")).text();
    assert.match(page, /1 product found/);
    assert.match(page, /name="q" type="search" value="MUG"/);
  });

  it("shows a message without results, and all products for an empty query", async (t) => {
    const shop = await openTestShop(t);
    assert.match(await (await shop.get("/search?q=boat")).text(), /No product matches/);
    assert.match(await (await shop.get("/search")).text(), /9 products found/);
  });

  it("returns 400 for a query that is too long or not UTF-8", async (t) => {
    const shop = await openTestShop(t);
    assert.equal((await shop.get(`/search?q=${"x".repeat(101)}`)).status, 400);
    assert.equal((await shop.get("/search?q=%FF")).status, 400);
  });
});

describe("every page", () => {
  it("escapes the texts of products and visitors", async (t) => {
    const shop = await openTestShop(t);
    const evil = `"><script>alert('1')</script>`;
    const [first] = shop.dependencies.products;
    Object.assign(first ?? {}, {
      name: evil,
      description: evil,
      picture: evil,
      categories: [evil],
    });
    await shop.post("/cart", { product_id: "SUNGLASSES", quantity: "1" });
    const encoded = encodeURIComponent(evil);
    const order = {
      email: evil,
      city: evil,
      street_address: evil,
      credit_card_expiration_year: evil,
    };
    const pages = [
      await shop.get("/"),
      await shop.get("/product/SUNGLASSES"),
      await shop.get(`/product/${encoded}`),
      await shop.get(`/search?q=${encoded}`),
      await shop.get(`/?category=${encoded}`),
      await shop.get("/cart"),
      await shop.post("/cart/update", { product_id: "SUNGLASSES", quantity: evil }),
      await shop.post("/cart/update", { product_id: evil, quantity: "x" }),
      await shop.post("/cart/checkout", order),
      await shop.post("/setCurrency", { currency_code: evil }),
      await shop.get(`/${encoded}`),
    ];
    for (const page of pages) assert.doesNotMatch(await page.text(), /<script/);
  });

  it("contains no secret, so that it can be compressed", async (t) => {
    const shop = await openTestShop(t);
    await shop.post("/cart", { product_id: "MUG", quantity: "1" });
    const secrets = [testSessionId, "4539-1488-0343-6467", "9876"];
    const [, credit_card_number = "", credit_card_cvv = ""] = secrets;
    const order = { ...goodOrder, credit_card_number, credit_card_cvv };
    const pages = [
      await shop.get("/"),
      await shop.get("/product/MUG"),
      await shop.get(`/search?q=${testSessionId.slice(0, 8)}`),
      await shop.get("/cart"),
      await shop.get("/nowhere"),
      await shop.post("/cart/checkout", { ...order, email: "nobody" }),
      await shop.post("/cart/checkout", order),
    ];
    for (const page of pages) {
      const text = await page.text();
      for (const secret of secrets) assert.ok(!text.includes(secret), `${secret} in ${text}`);
    }
  });

  it("shows no ad that links to another site", () => {
    for (const redirectUrl of [
      "https://evil.example",
      "//evil.example",
      "/\\evil",
      "javascript:1",
      "",
    ]) {
      assert.equal(renderAd({ redirectUrl, text: "x" }), "");
    }
  });
});
