import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { StatusError } from "#runtime/status.ts";
import { openTestShop, sessionOf, testSessionId } from "./fixtures/storefront.ts";

describe("cart", () => {
  it("adds a product and shows it with shipping and total", async (t) => {
    const shop = await openTestShop(t);
    const added = await shop.post("/cart", { product_id: "MUG", quantity: "2" });
    assert.equal(added.status, 302);
    assert.equal(added.headers.get("location"), "/cart");
    assert.deepEqual(shop.cart(), { MUG: 2 });
    const page = await (await shop.get("/cart")).text();
    for (const text of ["$17.98", "$8.99", "$26.97", "SKU MUG"])
      assert.ok(page.includes(text), text);
  });

  for (const [currency, each, total] of [
    ["EUR", "€17.98", "€53.94"],
    // Truncated before they are added up: 2 × 17 + 17, not 53.94.
    ["JPY", "¥17", "¥51"],
  ] as const) {
    it(`shows everything in the visitor's currency: ${currency}`, async (t) => {
      const shop = await openTestShop(t);
      await shop.post("/cart", { product_id: "MUG", quantity: "2" });
      const cookie = `${sessionOf(testSessionId)}; shop_currency=${currency}`;
      const page = await (await shop.get("/cart", { cookie })).text();
      assert.ok(page.includes(`${each} each`));
      assert.ok(page.includes(`Total</dt><dd>${total}</dd>`));
      assert.ok(page.includes(`Place order · ${total}<`));
    });
  }

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
    assert.match(await (await shop.get("/cart")).text(), /Your cart is empty/);
  });

  it("shows the error of a quantity next to its field, with the value that was sent", async (t) => {
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

  it("rejects products that the catalog does not have", async (t) => {
    const shop = await openTestShop(t);
    assert.equal((await shop.post("/cart", { product_id: "NONE", quantity: "1" })).status, 404);
    assert.equal((await shop.post("/cart", { quantity: "1" })).status, 404);
    assert.deepEqual(shop.cart(), {});
  });

  it("shows an error if the cart is full", async (t) => {
    const shop = await openTestShop(t);
    shop.dependencies.failures.set(
      "CartService/addItem",
      new StatusError("RESOURCE_EXHAUSTED", "full"),
    );
    const response = await shop.post("/cart", { product_id: "MUG", quantity: "1" });
    assert.equal(response.status, 422);
    assert.match(await response.text(), /Your cart is full/);
  });

  it("does not say that the cart is full if the cart service is overloaded", async (t) => {
    const shop = await openTestShop(t);
    const info = { reason: "OVERLOADED", metadata: {} };
    const busy = new StatusError("RESOURCE_EXHAUSTED", "busy", { info });
    shop.dependencies.failures.set("CartService/addItem", busy);
    const response = await shop.post("/cart", { product_id: "MUG", quantity: "1" });
    assert.equal(response.status, 503);
    assert.doesNotMatch(await response.text(), /Your cart is full/);
  });

  it("shows a line whose product is no longer available", async (t) => {
    const shop = await openTestShop(t);
    shop.dependencies.carts.set(
      testSessionId,
      new Map([
        ["GONE", 1],
        ["MUG", 1],
      ]),
    );
    const page = await (await shop.get("/cart")).text();
    assert.match(page, /No longer available/);
    assert.match(page, /Total<\/dt><dd>\$17\.98/);
  });
});
