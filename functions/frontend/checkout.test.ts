import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { StatusError } from "#runtime/status.ts";
import { goodOrder, openTestShop, testSessionId } from "./fixtures/storefront.ts";

describe("cart", () => {
  it("takes a product and shows it with shipping and total", async (t) => {
    const shop = await openTestShop(t);
    const added = await shop.post("/cart", { product_id: "MUG", quantity: "2" });
    assert.equal(added.status, 302);
    assert.equal(added.headers.get("location"), "/cart");
    assert.deepEqual(shop.cart(), { MUG: 2 });
    const page = await (await shop.get("/cart")).text();
    for (const text of ["$17.98", "$8.99", "$26.97", "SKU MUG"])
      assert.ok(page.includes(text), text);
  });

  it("shows everything in the visitor's currency", async (t) => {
    const shop = await openTestShop(t);
    await shop.post("/cart", { product_id: "MUG", quantity: "1" });
    const cookie = `shop_session-id=${testSessionId}; shop_currency=JPY`;
    assert.match(await (await shop.get("/cart", { cookie })).text(), /Total<\/dt><dd>¥35\.96/);
  });

  it("changes a quantity, removes a line, and empties", async (t) => {
    const shop = await openTestShop(t);
    await shop.post("/cart", { product_id: "MUG", quantity: "2" });
    await shop.post("/cart", { product_id: "JAR", quantity: "1" });
    await shop.post("/cart", { product_id: "WATCH", quantity: "1" });
    assert.equal(
      (await shop.post("/cart/update", { product_id: "MUG", quantity: "7" })).status,
      302,
    );
    assert.equal(
      (await shop.post("/cart/update", { product_id: "WATCH", quantity: "0" })).status,
      302,
    );
    assert.equal((await shop.post("/cart/remove", { product_id: "JAR" })).status, 302);
    assert.deepEqual(shop.cart(), { MUG: 7 });
    const emptied = await shop.post("/cart/empty");
    assert.equal(emptied.headers.get("location"), "/");
    assert.match(await (await shop.get("/cart")).text(), /nothing in your cart/);
  });

  it("refuses a quantity beside its field, keeping what was typed", async (t) => {
    const shop = await openTestShop(t);
    const added = await shop.post("/cart", { product_id: "MUG", quantity: "11" });
    assert.equal(added.status, 422);
    assert.match(await added.text(), /id="quantity-error">Enter a whole number from 1 to 10\./);
    await shop.post("/cart", { product_id: "MUG", quantity: "1" });
    const changed = await shop.post("/cart/update", { product_id: "MUG", quantity: "-4" });
    const page = await changed.text();
    assert.equal(changed.status, 422);
    assert.match(page, /value="-4" aria-invalid="true" aria-describedby="quantity-MUG-error"/);
    assert.deepEqual(shop.cart(), { MUG: 1 });
  });

  it("does not take what the catalog does not have", async (t) => {
    const shop = await openTestShop(t);
    assert.equal((await shop.post("/cart", { product_id: "NONE", quantity: "1" })).status, 404);
    assert.equal((await shop.post("/cart", { quantity: "1" })).status, 404);
    assert.deepEqual(shop.cart(), {});
  });

  it("says so where the cart is full", async (t) => {
    const shop = await openTestShop(t);
    shop.upstreams.failures.set(
      "CartService/addItem",
      new StatusError("RESOURCE_EXHAUSTED", "full"),
    );
    const response = await shop.post("/cart", { product_id: "MUG", quantity: "1" });
    assert.equal(response.status, 422);
    assert.match(await response.text(), /cannot hold that much/);
  });

  it("shows a line whose product is no longer sold, to be removed", async (t) => {
    const shop = await openTestShop(t);
    shop.upstreams.carts.set(
      testSessionId,
      new Map([
        ["GONE", 1],
        ["MUG", 1],
      ]),
    );
    const page = await (await shop.get("/cart")).text();
    assert.match(page, /No longer sold/);
    assert.match(page, /Total<\/dt><dd>\$17\.98/);
  });
});

describe("checkout", () => {
  it("places the order and confirms it with everything about it", async (t) => {
    const shop = await openTestShop(t);
    await shop.post("/cart", { product_id: "MUG", quantity: "2" });
    const response = await shop.post("/cart/checkout", goodOrder);
    const page = await response.text();
    assert.equal(response.status, 200);
    assert.match(page, /7d1c1b52-6f3c-4a9e-9d3b-3a1f7c1f6a10/);
    assert.match(page, /KM-31415-926535897/);
    assert.match(page, /Total paid<\/dt><dd class="paid">\$26\.97/);
    assert.match(page, /2 × \$8\.99/);
    assert.match(page, /the third one is free/);
    assert.equal(page.match(/<li class="card">/g)?.length, 4);
    assert.doesNotMatch(page, /setCurrency/);
    assert.deepEqual(
      shop.upstreams.orders.map(({ userId, creditCard }) => [userId, creditCard?.creditCardNumber]),
      [[testSessionId, "4432801561520454"]],
    );
  });

  it("confirms although nothing but checkout answers", async (t) => {
    const shop = await openTestShop(t);
    await shop.post("/cart", { product_id: "MUG", quantity: "1" });
    const broken = [
      "ProductCatalogService/listProducts",
      "RecommendationService/listRecommendations",
      "AdService/getAds",
    ];
    for (const call of broken)
      shop.upstreams.failures.set(call, new StatusError("INTERNAL", "broken"));
    const response = await shop.post("/cart/checkout", goodOrder);
    assert.equal(response.status, 200);
    assert.match(await response.text(), /KM-31415-926535897/);
  });

  it("answers a wrong form with 422 and a sentence beside each field, without the card", async (t) => {
    const shop = await openTestShop(t);
    await shop.post("/cart", { product_id: "MUG", quantity: "1" });
    const wrong = { ...goodOrder, email: "nobody", credit_card_cvv: "12", city: "Kept Town" };
    const response = await shop.post("/cart/checkout", wrong);
    const page = await response.text();
    assert.equal(response.status, 422);
    assert.match(page, /<title>Error: your cart/);
    assert.match(page, /<a href="#email">Enter an e-mail address/);
    assert.match(page, /id="email-error"/);
    assert.match(page, /value="nobody"[^>]*aria-describedby="email-error" aria-invalid="true"/);
    assert.match(page, /value="Kept Town"/);
    assert.match(page, /id="credit_card_number-hint">Please enter it again/);
    assert.doesNotMatch(page, /0454|name="credit_card_cvv" type="text" value="\d/);
    assert.deepEqual(shop.upstreams.orders, []);
  });

  it("refuses an address that no mail can be sent to beside its field, before checkout", async (t) => {
    const shop = await openTestShop(t);
    await shop.post("/cart", { product_id: "MUG", quantity: "1" });
    const response = await shop.post("/cart/checkout", { ...goodOrder, email: "me@exa_mple.com" });
    assert.equal(response.status, 422);
    assert.match(await response.text(), /id="email-error">Enter an e-mail address/);
    assert.ok(!shop.upstreams.calls.includes("CheckoutService/placeOrder"));
  });

  it("shows why a card was refused beside the card", async (t) => {
    const shop = await openTestShop(t);
    await shop.post("/cart", { product_id: "MUG", quantity: "1" });
    const sentence = "Your credit card (ending 0454) expired on 1/2021";
    shop.upstreams.failures.set(
      "CheckoutService/placeOrder",
      new StatusError("INVALID_ARGUMENT", sentence),
    );
    const response = await shop.post("/cart/checkout", goodOrder);
    const page = await response.text();
    assert.equal(response.status, 422);
    assert.ok(page.includes(`id="credit_card_number-error">${sentence}`));
    assert.doesNotMatch(page, /4432/);
    assert.deepEqual(shop.cart(), { MUG: 1 });
  });

  it("does not order an empty cart", async (t) => {
    const shop = await openTestShop(t);
    const response = await shop.post("/cart/checkout", goodOrder);
    assert.equal(response.status, 422);
    assert.match(await response.text(), /cannot be ordered: it is empty, or a product in it/);
  });

  for (const [code, status, sentence] of [
    ["FAILED_PRECONDITION", 422, /This cart cannot be ordered: it is empty, or a product in it is/],
    ["OUT_OF_RANGE", 422, /This cart cannot be ordered: its total is too large\./],
    ["RESOURCE_EXHAUSTED", 429, /That was a little too much at once/],
  ] as const) {
    it(`explains ${code} in words of its own`, async (t) => {
      const shop = await openTestShop(t);
      await shop.post("/cart", { product_id: "MUG", quantity: "1" });
      const failure = new StatusError(code, "Received HTTP status code 502");
      shop.upstreams.failures.set("CheckoutService/placeOrder", failure);
      const response = await shop.post("/cart/checkout", goodOrder);
      const page = await response.text();
      assert.equal(response.status, status);
      assert.match(page, sentence);
      assert.doesNotMatch(page, /HTTP status code/);
    });
  }

  for (const [code, status] of [
    ["UNAVAILABLE", 503],
    ["DEADLINE_EXCEEDED", 504],
    ["INTERNAL", 500],
  ] as const) {
    it(`is ${status} without details where checkout fails with ${code}`, async (t) => {
      const shop = await openTestShop(t);
      await shop.post("/cart", { product_id: "MUG", quantity: "1" });
      shop.upstreams.failures.set(
        "CheckoutService/placeOrder",
        new StatusError(code, "secret detail"),
      );
      const response = await shop.post("/cart/checkout", goodOrder);
      assert.equal(response.status, status);
      assert.doesNotMatch(await response.text(), /secret detail/);
    });
  }

  it("offers the card's years from this one on, the next one chosen", async (t) => {
    const shop = await openTestShop(t);
    await shop.post("/cart", { product_id: "MUG", quantity: "1" });
    const page = await (await shop.get("/cart")).text();
    assert.match(page, /<option value="2026">2026<\/option><option value="2027" selected>/);
    assert.match(page, /<option value="12">12<\/option><\/select>/);
  });
});
