import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import {
  goodOrder,
  hiddenOrderFields,
  openTestShop,
  sessionOf,
  testSessionId,
} from "./fixtures/storefront.ts";

async function openCart(t: TestContext) {
  const shop = await openTestShop(t);
  await shop.post("/cart", { product_id: "MUG", quantity: "2" });
  return shop;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

describe("the order form", () => {
  it("states a request id, the total and the version of the cart", async (t) => {
    const shop = await openCart(t);
    const first = await shop.openForm();
    assert.match(first.request_id ?? "", uuid);
    assert.equal(first.expected_total, "USD 26.97");
    assert.equal(first.cart_version, "MUGx2");
    assert.equal(first.catalog_version, "v1");
    const second = await shop.openForm();
    assert.notEqual(second.request_id, first.request_id);
    await shop.post("/cart/checkout", { ...goodOrder, ...first });
    const [order] = shop.dependencies.orders;
    assert.equal(order?.requestId, first.request_id);
    assert.deepEqual(order?.expectedTotal, { currencyCode: "USD", units: 26n, nanos: 970_000_000 });
    assert.equal(order?.cartVersion, "MUGx2");
    assert.equal(first.expected_cart, "MUG 2");
    assert.deepEqual(order?.expectedCart?.items, [{ productId: "MUG", quantity: 2 }]);
    assert.equal(order?.catalogVersion, "v1");
  });

  it("places one order if it is sent three times at once and once more later", async (t) => {
    const shop = await openCart(t);
    const form = { ...goodOrder, ...(await shop.openForm()) };
    const send = () => shop.post("/cart/checkout", form);
    const answers = [...(await Promise.all([send(), send(), send()])), await send()];
    const targets = answers.map(({ headers }) => headers.get("location"));
    const [orderId] = shop.dependencies.kept.keys();
    assert.deepEqual(new Set(targets), new Set([`/orders/${orderId}`]));
    assert.equal(shop.dependencies.orders.length, 1);
  });

  it("orders each time if it is sent without the hidden fields, as Online Boutique's", async (t) => {
    const shop = await openCart(t);
    const first = await shop.post("/cart/checkout", goodOrder);
    await shop.post("/cart", { product_id: "MUG", quantity: "2" });
    const second = await shop.post("/cart/checkout", goodOrder);
    assert.notEqual(first.headers.get("location"), second.headers.get("location"));
    assert.equal(shop.dependencies.orders.length, 2);
    assert.equal(shop.dependencies.orders[0]?.requestId, undefined);
  });

  it("keeps its request id if a field is wrong, because it was not sent to checkout", async (t) => {
    const shop = await openCart(t);
    const fields = await shop.openForm();
    const response = await shop.post("/cart/checkout", { ...goodOrder, ...fields, email: "x" });
    const next = hiddenOrderFields(await response.text());
    assert.deepEqual(next, fields);
  });

  for (const [name, value] of [
    ["request_id", "12"],
    ["expected_total", "USD -1"],
    ["cart_version", ""],
    ["expected_cart", "MUG"],
    ["catalog_version", ""],
  ] as const) {
    it(`is rejected with the name of the field if ${name} is malformed`, async (t) => {
      const shop = await openCart(t);
      const fields = { ...goodOrder, ...(await shop.openForm()), [name]: value };
      const response = await shop.post("/cart/checkout", fields);
      const page = await response.text();
      assert.equal(response.status, 422);
      assert.match(page, new RegExp(`the field ${name} must be .* Nothing was charged\\.`));
      assert.notEqual(hiddenOrderFields(page)[name], value);
      assert.ok(!shop.dependencies.calls.includes("CheckoutService/placeOrder"));
    });
  }
});

describe("an order that differs from its form", () => {
  it("is not placed if an item was added: the page has the new total and a new form", async (t) => {
    const shop = await openCart(t);
    const fields = await shop.openForm();
    await shop.post("/cart", { product_id: "WATCH", quantity: "1" });
    const response = await shop.post("/cart/checkout", { ...goodOrder, ...fields });
    const page = await response.text();
    assert.equal(response.status, 409);
    assert.match(page, /nothing was charged: your cart was changed in the meantime\./);
    assert.match(page, /The total is now <strong>\$136\.96<\/strong> instead of \$26\.97\./);
    assert.doesNotMatch(page, /6152-?0454|value="672"/);
    assert.deepEqual(shop.dependencies.orders, []);
    const next = hiddenOrderFields(page);
    assert.notEqual(next.request_id, fields.request_id);
    const answer = await shop.post("/cart/checkout", { ...goodOrder, ...next });
    assert.equal(answer.status, 303);
    assert.equal(shop.dependencies.orders.length, 1);
  });

  it("is not placed if a price changed", async (t) => {
    const shop = await openCart(t);
    const fields = await shop.openForm();
    const mug = shop.dependencies.products.find(({ id }) => id === "MUG");
    if (mug?.priceUsd) mug.priceUsd.units = 508n;
    const response = await shop.post("/cart/checkout", { ...goodOrder, ...fields });
    const page = await response.text();
    assert.equal(response.status, 409);
    assert.match(page, /a price was changed in the meantime\. The total is now/);
  });

  it("is not placed if the currency was changed", async (t) => {
    const shop = await openCart(t);
    const fields = await shop.openForm();
    const cookie = `${sessionOf(testSessionId)}; shop_currency=CAD`;
    const response = await shop.post("/cart/checkout", { ...goodOrder, ...fields }, { cookie });
    const page = await response.text();
    assert.equal(response.status, 409);
    assert.match(page, /the currency was changed to CAD\. The total is now <strong>\$53\.94</);
    assert.equal(hiddenOrderFields(page).expected_total, "CAD 53.94");
  });
});
