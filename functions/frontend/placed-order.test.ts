import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { OrderState } from "#protos/hipstershop.ts";
import { openTestShop, sessionOf } from "./fixtures/storefront.ts";
import { PlacedOrders } from "./shop/placed-orders.ts";

const offers = ["RecommendationService/listRecommendations", "AdService/getAds"];

/**
 * A shop with an order, whose page has not been requested yet, and which an older checkout returns late: it did not
 * return the details with the placed order.
 */
async function orderSlowly(t: TestContext) {
  const shop = await openTestShop(t);
  shop.dependencies.settings.isOlderCheckout = true;
  await shop.post("/cart", { product_id: "MUG", quantity: "2" });
  const answer = await shop.order();
  const { calls, waits } = shop.dependencies;
  const order = Promise.withResolvers<void>();
  t.after(() => order.resolve());
  waits.set("CheckoutService/getOrder", order.promise);
  const untilCalled = (call: string, count = 1) =>
    t.waitFor(() => assert.equal(calls.filter((each) => each === call).length, count));
  calls.length = 0;
  return { shop, answer, path: answer.headers.get("location") ?? "", order, untilCalled };
}

/** A shop with an order whose page has not been requested yet, and the calls since then. */
async function orderOnce(t: TestContext, placedOrders = new PlacedOrders()) {
  const shop = await openTestShop(t, { placedOrders });
  await shop.post("/cart", { product_id: "MUG", quantity: "2" });
  const redirect = await shop.order();
  const { calls } = shop.dependencies;
  calls.length = 0;
  return { shop, calls, redirect };
}

describe("the page after the redirect of an order", () => {
  it("shows offers that were loaded while checkout placed the order", async (t) => {
    const shop = await openTestShop(t);
    await shop.post("/cart", { product_id: "MUG", quantity: "2" });
    const { calls, waits } = shop.dependencies;
    const placing = Promise.withResolvers<void>();
    waits.set("CheckoutService/placeOrder", placing.promise);
    const answer = shop.order();
    await t.waitFor(() => assert.ok(calls.includes("CheckoutService/placeOrder")));
    for (const call of offers) await t.waitFor(() => assert.ok(calls.includes(call)));
    placing.resolve();
    const redirect = await answer;
    calls.length = 0;
    const page = await (await shop.follow(redirect)).text();
    assert.match(page, /the third one is free/);
    assert.equal(page.match(/<li class="card">/g)?.length, 4);
    for (const call of offers) assert.ok(!calls.includes(call));
  });

  it("shows the order that checkout has returned, and reads it when it is loaded again", async (t) => {
    const { shop, calls, redirect } = await orderOnce(t);
    const page = await (await shop.follow(redirect)).text();
    assert.match(page, /We are sending a confirmation to <strong>someone@example\.com/);
    assert.match(page, /2026-11-24 12:00 UTC/);
    assert.match(page, /2 × \$8\.99/);
    assert.ok(!calls.includes("CheckoutService/getOrder"));
    const [kept] = shop.dependencies.kept.values();
    if (kept) kept.state = OrderState.ORDER_STATE_CONFIRMED;
    const later = await (await shop.follow(redirect)).text();
    assert.match(later, /A confirmation is on its way to <strong>someone@example\.com/);
    assert.equal(
      later.replace(/<p class="lead">.*?<\/p>/, ""),
      page.replace(/<p class="lead">.*?<\/p>/, ""),
    );
  });

  it("reads the order if it is requested more than ten seconds later", async (t) => {
    let nowMs = 0;
    const { shop, calls, redirect } = await orderOnce(t, new PlacedOrders(() => nowMs));
    nowMs = 10_000;
    assert.equal((await shop.follow(redirect)).status, 200);
    assert.ok(calls.includes("CheckoutService/getOrder"));
  });

  it("does not show other visitors the order that checkout has returned", async (t) => {
    const { shop, redirect } = await orderOnce(t);
    const cookie = sessionOf("5d6f0c1e-7a52-4d0e-9a3e-2f6f0f5f8c11");
    const path = redirect.headers.get("location") ?? "";
    assert.equal((await shop.get(path, { cookie })).status, 404);
  });

  it("loads the header at the same time as the order", async (t) => {
    const { shop, answer, order, untilCalled } = await orderSlowly(t);
    const response = shop.follow(answer);
    for (const call of ["CheckoutService/getOrder", "CartService/getCart"]) await untilCalled(call);
    order.resolve();
    assert.equal((await response).status, 200);
  });

  it("loads what depends on the products after the order if it is loaded again", async (t) => {
    const { shop, answer, path, order, untilCalled } = await orderSlowly(t);
    const first = shop.follow(answer);
    await untilCalled("CheckoutService/getOrder");
    const second = shop.get(path);
    await untilCalled("CheckoutService/getOrder", 2);
    await untilCalled("CartService/getCart", 2);
    for (const call of offers) assert.ok(!shop.dependencies.calls.includes(call));
    order.resolve();
    for (const response of [await first, await second]) {
      assert.equal((await response.text()).match(/<li class="card">/g)?.length, 4);
    }
    await untilCalled("RecommendationService/listRecommendations");
  });

  it("reveals nothing to other visitors", async (t) => {
    const { shop, path, order } = await orderSlowly(t);
    order.resolve();
    const cookie = sessionOf("5d6f0c1e-7a52-4d0e-9a3e-2f6f0f5f8c11");
    assert.equal((await shop.get(path, { cookie })).status, 404);
    for (const call of offers) assert.ok(!shop.dependencies.calls.includes(call));
  });

  it("has no offers if the order was undone meanwhile", async (t) => {
    const { shop, answer, order } = await orderSlowly(t);
    order.resolve();
    const [kept] = shop.dependencies.kept.values();
    if (kept) kept.state = OrderState.ORDER_STATE_REFUNDED;
    const page = await (await shop.follow(answer)).text();
    assert.match(page, /cancelled and refunded/);
    assert.doesNotMatch(page, /the third one is free|<li class="card">/);
  });
});
