import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { OrderState } from "#protos/hipstershop.ts";
import { StatusError } from "#runtime/status.ts";
import { failed, openFailingShop } from "./fixtures/failing-shop.ts";
import { goodOrder, hiddenOrderFields, openTestShop } from "./fixtures/storefront.ts";

const id = "1f0b6c1e-7a52-4d0e-9a3e-2f6f0f5f8c11";

describe("an order that failed without a charge", () => {
  for (const [what, metadata] of [
    ["is not recorded", {}],
    ["is recorded", { order_id: id }],
  ] as const) {
    it(`returns 503 with the cart and a new request id if it ${what}`, async (t) => {
      const { fields, send } = await openFailingShop(t, failed("NOTHING_CHARGED", metadata));
      const response = await send();
      const page = await response.text();
      assert.equal(response.status, 503);
      assert.match(page, /a part of the shop is not available\. Nothing was charged\./);
      assert.equal(page.includes(`<a href="/orders/${id}">`), what === "is recorded");
      assert.match(page, /value="12 Harbour Street"/);
      const next = hiddenOrderFields(page);
      assert.match(next.request_id ?? "", /^[0-9a-f-]{36}$/);
      assert.notEqual(next.request_id, fields.request_id);
      assert.doesNotMatch(page, /secret detail|6152-?0454/);
    });
  }

  it("does not name the card if a later step than the charge failed", async (t) => {
    const info = { reason: "NOTHING_CHARGED", metadata: { order_id: id } };
    const failure = new StatusError("INVALID_ARGUMENT", "shipping error: no address", { info });
    const { send } = await openFailingShop(t, failure);
    const response = await send();
    assert.equal(response.status, 503);
    assert.doesNotMatch(await response.text(), /shipping error|credit_card_number-error/);
  });

  it("says so even if the cart page cannot be shown", async (t) => {
    const { failures, send } = await openFailingShop(t, failed("NOTHING_CHARGED"));
    failures.set("CartService/getCart", new StatusError("UNAVAILABLE", "no Redis"));
    const response = await send();
    assert.equal(response.status, 503);
    assert.match(await response.text(), /not placed, and nothing was charged\. Your cart is safe/);
  });
});

describe("an order that failed after the charge", () => {
  it("redirects to its page if it was refunded", async (t) => {
    const { send } = await openFailingShop(t, failed("REFUNDED", { order_id: id }));
    const response = await send();
    assert.equal(response.status, 303);
    assert.equal(response.headers.get("location"), `/orders/${id}`);
  });

  it("redirects to its page if its outcome is pending", async (t) => {
    const { orderId, failures, send } = await openFailingShop(t, failed("OUTCOME_PENDING"));
    failures.delete("CheckoutService/placeOrder");
    await send();
    const pending = failed("OUTCOME_PENDING", { order_id: orderId });
    failures.set("CheckoutService/placeOrder", pending);
    const response = await send();
    assert.equal(response.status, 303);
    assert.equal(response.headers.get("location"), `/orders/${orderId}`);
  });

  it("says that its outcome is unknown if it is pending and not recorded", async (t) => {
    const pending = failed("OUTCOME_PENDING", { order_id: id }, "UNAVAILABLE");
    const { send } = await openFailingShop(t, pending);
    const response = await send();
    const page = await response.text();
    assert.equal(response.status, 503);
    assert.match(page, /We do not know yet whether your order was placed/);
    assert.ok(page.includes(`href="/orders/${id}"`));
  });

  it("shows its page if the form is sent again", async (t) => {
    const shop = await openTestShop(t);
    await shop.post("/cart", { product_id: "MUG", quantity: "1" });
    const fields = await shop.openForm();
    const send = () => shop.post("/cart/checkout", { ...goodOrder, ...fields });
    const { headers } = await send();
    for (const order of shop.dependencies.kept.values()) {
      order.state = OrderState.ORDER_STATE_REFUNDED;
    }
    const again = await send();
    assert.equal(again.headers.get("location"), headers.get("location"));
    assert.match(await (await shop.follow(again)).text(), /cancelled and refunded/);
  });
});

const losses = [
  ["UNAVAILABLE", 503],
  ["DEADLINE_EXCEEDED", 504],
  ["INTERNAL", 500],
  ["RESOURCE_EXHAUSTED", 503],
] as const;

describe("an order without an answer", () => {
  for (const [code, status] of losses) {
    const failure = new StatusError(code, "secret detail");

    it(`redirects to the order after ${code} if checkout has it`, async (t) => {
      const { shop, orderId, failures, send } = await openFailingShop(t, failure);
      failures.delete("CheckoutService/placeOrder");
      await send();
      failures.set("CheckoutService/placeOrder", failure);
      const response = await send();
      assert.equal(response.status, 303);
      assert.equal(response.headers.get("location"), `/orders/${orderId}`);
      assert.equal(shop.dependencies.orders.length, 1);
    });

    it(`returns ${status} after ${code} with the order id if checkout does not have it`, async (t) => {
      const { orderId, send } = await openFailingShop(t, failure);
      const response = await send();
      const page = await response.text();
      assert.equal(response.status, status);
      assert.match(page, /We do not know yet whether your order was placed/);
      assert.ok(page.includes(`href="/orders/${orderId}"`));
      assert.doesNotMatch(page, /secret detail|Try again/);
    });
  }

  it("is placed if checkout does not have it and responds again", async (t) => {
    const failure = new StatusError("UNAVAILABLE", "down");
    const { shop, orderId, failures, send } = await openFailingShop(t, failure);
    const { calls, orders } = shop.dependencies;
    const sent = send();
    await t.waitFor(() => assert.ok(calls.includes("CheckoutService/getOrder")));
    failures.delete("CheckoutService/placeOrder");
    const response = await sent;
    assert.equal(response.headers.get("location"), `/orders/${orderId}`);
    assert.equal(orders.length, 1);
  });

  it("says the same if checkout cannot be asked", async (t) => {
    const failure = new StatusError("UNAVAILABLE", "down");
    const { orderId, failures, send } = await openFailingShop(t, failure);
    failures.set("CheckoutService/getOrder", failure);
    const response = await send();
    assert.equal(response.status, 503);
    assert.ok((await response.text()).includes(orderId));
  });
});
