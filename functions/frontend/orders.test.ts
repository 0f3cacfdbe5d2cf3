import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { type Order, OrderState } from "#protos/hipstershop.ts";
import { StatusError } from "#runtime/status.ts";
import { goodOrder, openTestShop, sessionOf } from "./fixtures/storefront.ts";

/** A shop with an order that was shown once and then changed by `change`, and the path of its page. */
async function openOrder(t: TestContext, change: Partial<Order> = {}) {
  const shop = await openTestShop(t);
  await shop.post("/cart", { product_id: "MUG", quantity: "2" });
  await shop.follow(await shop.order());
  const [[orderId = "", order] = []] = shop.dependencies.kept;
  if (order) Object.assign(order, change);
  return { shop, path: `/orders/${orderId}` };
}

const {
  ORDER_STATE_CHARGING,
  ORDER_STATE_SHIPPING,
  ORDER_STATE_PLACED,
  ORDER_STATE_CONFIRMED,
  ORDER_STATE_CANCELLING,
  ORDER_STATE_REFUNDED,
  ORDER_STATE_FAILED,
} = OrderState;

const pages: [Partial<Order>, RegExp, RegExp][] = [
  [{ state: ORDER_STATE_PLACED }, /Thank you/, /We are sending a confirmation to/],
  [{ state: ORDER_STATE_CONFIRMED }, /Thank you/, /A confirmation is on its way to/],
  [{ state: ORDER_STATE_CONFIRMED, email: "" }, /Thank you/, /personal data of this order was/],
  [{ confirmationFailure: "550 no" }, /Thank you/, /its confirmation to .* could not be delivered/],
  [{ state: ORDER_STATE_CHARGING }, /We are processing/, /payment is not completed yet/],
  [{ state: ORDER_STATE_SHIPPING }, /We are processing/, /Your card was charged/],
  [{ state: ORDER_STATE_CANCELLING }, /We are cancelling/, /the charge is refunded/],
  [{ state: ORDER_STATE_REFUNDED }, /cancelled and refunded/, /<strong>\$26\.97<\/strong> was/],
  [{ state: ORDER_STATE_FAILED }, /was not placed/, /Your card was not charged/],
];

describe("the page of an order", () => {
  for (const [change, heading, text] of pages) {
    it(`has ${text} for ${JSON.stringify(change)}, and can be reloaded`, async (t) => {
      const { shop, path } = await openOrder(t, change);
      for (const response of [await shop.get(path), await shop.get(path)]) {
        const page = await response.text();
        assert.equal(response.status, 200);
        assert.match(/<h1>(.*)<\/h1>/.exec(page)?.[1] ?? "", heading);
        assert.match(page, text);
        assert.ok(page.includes(`<code>${path.slice("/orders/".length)}</code>`));
        assert.match(page, /2 × \$8\.99/);
        assert.doesNotMatch(page, /550 no/);
        assert.equal(page.includes("KM-31415"), heading.source === "Thank you");
      }
      assert.equal(shop.dependencies.orders.length, 1);
    });
  }

  it("shows no personal data after it was removed", async (t) => {
    const { shop, path } = await openOrder(t, { email: "" });
    const [order] = shop.dependencies.kept.values();
    if (order?.order) order.order.shippingAddress = undefined;
    const page = await (await shop.get(path)).text();
    assert.doesNotMatch(page, /someone@example\.com|Harbour Street/);
  });

  it("is shown to its own visitor only, and there is none for other ids", async (t) => {
    const { shop, path } = await openOrder(t);
    const other = { cookie: sessionOf("5d6f0c1e-7a52-4d0e-9a3e-2f6f0f5f8c11") };
    for (const response of [
      await shop.get(path, other),
      await shop.get("/orders/5d6f0c1e-7a52-4d0e-9a3e-2f6f0f5f8c11"),
      await shop.get("/orders/7"),
      await shop.get("/orders/%FF"),
      await shop.send(path),
    ]) {
      const page = await response.text();
      assert.equal(response.status, 404);
      assert.match(page, /was not placed, or it belongs to another session/);
      assert.doesNotMatch(page, /someone@example\.com|KM-31415/);
    }
    assert.equal((await shop.get(path.toUpperCase().replace("ORDERS", "orders"))).status, 200);
  });

  it("is 404 if checkout does not keep orders, and 503 if it is not available", async (t) => {
    const { shop, path } = await openOrder(t);
    shop.dependencies.failures.set(
      "CheckoutService/getOrder",
      new StatusError("UNAVAILABLE", "down"),
    );
    assert.equal((await shop.get(path)).status, 503);
    shop.dependencies.failures.clear();
    shop.dependencies.settings.isOriginalCheckout = true;
    assert.equal((await shop.get(path)).status, 404);
  });
});

describe("the list of orders", () => {
  it("has the visitor's orders with their states, the newest first", async (t) => {
    const { shop, path } = await openOrder(t, { state: ORDER_STATE_REFUNDED });
    await shop.post("/cart", { product_id: "WATCH", quantity: "1" });
    const second = (await shop.order()).headers.get("location");
    const response = await shop.get("/orders");
    const page = await response.text();
    assert.equal(response.status, 200);
    const links = [...page.matchAll(/<a href="(\/orders\/[^"]+)">/g)].map(([, link]) => link);
    assert.deepEqual(links, [second, path]);
    assert.match(page, /2026-11-24 12:01 UTC.*\$118\.98.*Order placed.*1 item /s);
    assert.match(page, /2026-11-24 12:00 UTC.*\$26\.97.*Order refunded.*2 items /s);
    assert.equal(response.headers.get("cache-control"), "no-store");
  });

  it("is empty for a new visitor, and each page links to it", async (t) => {
    const { shop } = await openOrder(t);
    const page = await (await shop.send("/orders")).text();
    assert.match(page, /You have no orders in this session/);
    assert.match(await (await shop.send("/")).text(), /href="\/orders"/);
  });

  it("is not available if all visitors share one session", async (t) => {
    const shop = await openTestShop(t, { hasSharedSession: true });
    const page = await (await shop.get("/orders")).text();
    assert.match(page, /does not list orders/);
    assert.ok(!shop.dependencies.calls.includes("CheckoutService/listOrders"));
  });
});

describe("with Online Boutique's checkout", () => {
  it("an order is answered with its confirmation, and orders are not listed", async (t) => {
    const shop = await openTestShop(t);
    shop.dependencies.settings.isOriginalCheckout = true;
    await shop.post("/cart", { product_id: "MUG", quantity: "2" });
    const response = await shop.order();
    const page = await response.text();
    assert.equal(response.status, 200);
    assert.match(page, /Thank you.*KM-31415-926535897/s);
    assert.match(page, new RegExp(`confirmation to <strong>${goodOrder.email}`));
    assert.match(await (await shop.get("/orders")).text(), /does not list orders/);
    assert.deepEqual(shop.cart(), {});
  });

  it("an order without an answer is answered as before", async (t) => {
    const shop = await openTestShop(t);
    shop.dependencies.settings.isOriginalCheckout = true;
    await shop.post("/cart", { product_id: "MUG", quantity: "2" });
    const failure = new StatusError("DEADLINE_EXCEEDED", "late");
    shop.dependencies.failures.set("CheckoutService/placeOrder", failure);
    const response = await shop.order();
    assert.equal(response.status, 504);
    assert.match(await response.text(), /Check your e-mail before you try again/);
  });
});
