import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { StatusError } from "#runtime/status.ts";
import { failed, openFailingShop } from "./fixtures/failing-shop.ts";
import { hiddenOrderFields } from "./fixtures/storefront.ts";

describe("an order that an overloaded checkout rejected", () => {
  const busy = failed("OVERLOADED", {}, "RESOURCE_EXHAUSTED");

  it("returns 503 with the cart and the same request id, so that it is placed once", async (t) => {
    const { shop, fields, failures, send } = await openFailingShop(t, busy);
    const response = await send();
    const page = await response.text();
    assert.equal(response.status, 503);
    assert.ok(response.headers.has("retry-after"));
    assert.match(
      page,
      /Too many orders are being placed\. Yours was not sent, and nothing was charged/,
    );
    assert.match(page, /value="12 Harbour Street"/);
    assert.equal(hiddenOrderFields(page).request_id, fields.request_id);
    assert.doesNotMatch(page, /secret detail|6152-?0454/);
    failures.clear();
    await send();
    await send();
    assert.equal(shop.dependencies.orders.length, 1);
  });

  it("says so even if the cart page cannot be shown", async (t) => {
    const { failures, send } = await openFailingShop(t, busy);
    failures.set("CartService/getCart", busy);
    const response = await send();
    assert.equal(response.status, 503);
    assert.match(
      await response.text(),
      /was not sent, and nothing was charged\. Your cart is safe/,
    );
  });
});

describe("an order of a storefront that checkout does not admit", () => {
  for (const code of ["PERMISSION_DENIED", "UNAUTHENTICATED"] as const) {
    it(`returns 503 with the cart and the same request id after ${code}`, async (t) => {
      const { fields, send } = await openFailingShop(t, new StatusError(code, "secret detail"));
      const response = await send();
      const page = await response.text();
      assert.equal(response.status, 503);
      assert.match(page, /accepts no orders now\. Yours was not sent, and nothing was charged\./);
      // If the form was sent before, that order may have been placed.
      assert.equal(hiddenOrderFields(page).request_id, fields.request_id);
      assert.doesNotMatch(page, /secret detail/);
    });
  }
});
