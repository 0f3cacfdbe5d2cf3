import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { StatusError } from "#runtime/status.ts";
import { goodOrder, openTestShop, testSessionId } from "./fixtures/storefront.ts";

describe("checkout", () => {
  it("places the order and redirects to its confirmation", async (t) => {
    const shop = await openTestShop(t);
    await shop.post("/cart", { product_id: "MUG", quantity: "2" });
    const answer = await shop.order();
    assert.equal(answer.status, 303);
    assert.equal(answer.headers.get("cache-control"), "no-store");
    const [orderId = ""] = shop.dependencies.kept.keys();
    assert.equal(answer.headers.get("location"), `/orders/${orderId}`);
    const response = await shop.follow(answer);
    const page = await response.text();
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("cache-control"), "no-store");
    assert.ok(page.includes(orderId));
    assert.match(page, /KM-31415-926535897/);
    assert.match(page, /Total paid<\/dt><dd class="paid">\$26\.97/);
    assert.match(page, /2 × \$8\.99/);
    assert.match(page, /the third one is free/);
    assert.equal(page.match(/<li class="card">/g)?.length, 4);
    assert.deepEqual(
      shop.dependencies.orders.map(({ userId, creditCard }) => [
        userId,
        creditCard?.creditCardNumber,
      ]),
      [[testSessionId, "4432801561520454"]],
    );
  });

  it("shows the confirmation if only checkout is available", async (t) => {
    const shop = await openTestShop(t);
    await shop.post("/cart", { product_id: "MUG", quantity: "1" });
    const answer = await shop.order();
    const broken = [
      "CartService/getCart",
      "CurrencyService/getSupportedCurrencies",
      "ProductCatalogService/listProducts",
      "RecommendationService/listRecommendations",
      "AdService/getAds",
    ];
    for (const call of broken)
      shop.dependencies.failures.set(call, new StatusError("INTERNAL", "broken"));
    const response = await shop.follow(answer);
    assert.equal(response.status, 200);
    assert.match(await response.text(), /KM-31415-926535897/);
  });

  it("returns 422 for an invalid form, with a message next to each field and without the card", async (t) => {
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
    assert.match(page, /id="credit_card_number-hint">Enter it again/);
    assert.doesNotMatch(page, /6152-?0454|name="credit_card_cvv" type="text" value="\d/);
    assert.deepEqual(shop.dependencies.orders, []);
  });

  it("rejects an e-mail address that checkout would reject, without calling checkout", async (t) => {
    const shop = await openTestShop(t);
    await shop.post("/cart", { product_id: "MUG", quantity: "1" });
    const response = await shop.post("/cart/checkout", { ...goodOrder, email: "me@exa_mple.com" });
    assert.equal(response.status, 422);
    assert.match(await response.text(), /id="email-error">Enter an e-mail address/);
    assert.ok(!shop.dependencies.calls.includes("CheckoutService/placeOrder"));
  });

  it("shows the reason why the card was rejected next to its field", async (t) => {
    const shop = await openTestShop(t);
    await shop.post("/cart", { product_id: "MUG", quantity: "1" });
    const message = "Your credit card (ending 0454) expired on 1/2021";
    shop.dependencies.failures.set(
      "CheckoutService/placeOrder",
      new StatusError("INVALID_ARGUMENT", message),
    );
    const response = await shop.post("/cart/checkout", goodOrder);
    const page = await response.text();
    assert.equal(response.status, 422);
    assert.ok(page.includes(`id="credit_card_number-error">${message}`));
    assert.doesNotMatch(page, /4432-?8015/);
    assert.deepEqual(shop.cart(), { MUG: 1 });
  });

  it("writes the card that was sent into no page, not even if the cart cannot be ordered", async (t) => {
    const shop = await openTestShop(t);
    await shop.post("/cart", { product_id: "MUG", quantity: "1" });
    const card = { credit_card_number: "4539-1488-0343-6467", credit_card_cvv: "987" };
    for (const code of ["FAILED_PRECONDITION", "INVALID_ARGUMENT", "UNAVAILABLE"] as const) {
      const failure = new StatusError(code, "the card 4539148803436467 is refused");
      shop.dependencies.failures.set("CheckoutService/placeOrder", failure);
      const response = await shop.post("/cart/checkout", { ...goodOrder, ...card });
      const page = await response.text();
      // Not parts of the number alone, which random ids may have.
      assert.doesNotMatch(page, /4539-?1488|0343-?6467|\b987\b/, code);
      assert.equal(response.headers.get("cache-control"), "no-store", code);
    }
  });

  it("rejects the order of an empty cart", async (t) => {
    const shop = await openTestShop(t);
    const response = await shop.post("/cart/checkout", goodOrder);
    assert.equal(response.status, 422);
    assert.match(await response.text(), /cannot be ordered: it is empty, or a product in it/);
  });

  for (const [code, status, message] of [
    ["FAILED_PRECONDITION", 422, /This cart cannot be ordered: it is empty, or a product in it is/],
    ["OUT_OF_RANGE", 422, /This cart cannot be ordered: its total is too large\./],
    ["RESOURCE_EXHAUSTED", 503, /A part of the shop is not available/],
  ] as const) {
    it(`explains ${code} without the message of the status`, async (t) => {
      const shop = await openTestShop(t);
      await shop.post("/cart", { product_id: "MUG", quantity: "1" });
      const failure = new StatusError(code, "Received HTTP status code 502");
      shop.dependencies.failures.set("CheckoutService/placeOrder", failure);
      const response = await shop.post("/cart/checkout", goodOrder);
      const page = await response.text();
      assert.equal(response.status, status);
      assert.match(page, message);
      assert.doesNotMatch(page, /HTTP status code/);
    });
  }

  for (const [code, status] of [
    ["UNAVAILABLE", 503],
    ["DEADLINE_EXCEEDED", 504],
    ["INTERNAL", 500],
  ] as const) {
    it(`returns ${status} without details if checkout fails with ${code}`, async (t) => {
      const shop = await openTestShop(t);
      await shop.post("/cart", { product_id: "MUG", quantity: "1" });
      shop.dependencies.failures.set(
        "CheckoutService/placeOrder",
        new StatusError(code, "secret detail"),
      );
      const response = await shop.post("/cart/checkout", goodOrder);
      assert.equal(response.status, status);
      assert.doesNotMatch(await response.text(), /secret detail/);
    });
  }

  it("lists the expiry years from the current one, with the next one selected", async (t) => {
    const shop = await openTestShop(t);
    await shop.post("/cart", { product_id: "MUG", quantity: "1" });
    const page = await (await shop.get("/cart")).text();
    assert.match(page, /<option value="2026">2026<\/option><option value="2027" selected>/);
    assert.match(page, /<option value="12">12<\/option><\/select>/);
  });
});
