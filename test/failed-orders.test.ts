import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { hiddenFieldsOf } from "#load/hidden-fields.ts";
import { type LocalShop, startLocalShop } from "./fixtures/local-shop.ts";
import { poll } from "./fixtures/poll.ts";
import { orderForm, Visitor } from "./fixtures/visitor.ts";

describe("the storefront's answer to an order that fails", () => {
  let shop: LocalShop;
  before(async () => {
    shop = await startLocalShop({ env: { ORDER_LEASE: "2s" } });
  });
  after(() => shop.close());

  /** Sends the order form of a visitor's cart while a function has faults. */
  async function orderWith(functionName: string, faults: string) {
    const { console: api, storefront } = shop.platform.urls;
    const visitor = new Visitor(storefront);
    await visitor.post("/cart", { product_id: "6E92ZMYYFZ", quantity: "1" });
    const cart = await (await visitor.get("/cart")).text();
    const form = { ...hiddenFieldsOf(cart, "/cart/checkout"), ...orderForm };
    const target = `${api}/api/faults/${functionName}`;
    const headers = { "content-type": "application/json" };
    const put = { method: "PUT", headers, body: JSON.stringify({ faults }) };
    assert.equal((await fetch(target, put)).status, 200);
    const answer = await visitor.post("/cart/checkout", form);
    await fetch(target, { method: "DELETE" });
    return { visitor, form, answer, page: await answer.text() };
  }

  test("says that nothing was charged, and accepts the new form of its page", async () => {
    const { visitor, form, answer, page } = await orderWith(
      "paymentservice",
      "PaymentService/Charge:status=INTERNAL",
    );
    assert.equal(answer.status, 503);
    assert.match(page, /Nothing was charged/);
    const [, failedPath = ""] = /href="(\/orders\/[^"]+)"/.exec(page) ?? [];
    assert.match(await (await visitor.get(failedPath)).text(), /Your order was not placed/);
    const next = { ...form, ...hiddenFieldsOf(page, "/cart/checkout") };
    const path = (await visitor.post("/cart/checkout", next)).headers.get("location") ?? "";
    assert.notEqual(path, failedPath);
    assert.match(await (await visitor.get(path)).text(), /Thank you/);
  });

  test("is a redirect to the order if the charge was refunded, also if it is sent again", async () => {
    const { visitor, form, answer } = await orderWith(
      "shippingservice",
      "ShippingService/ShipOrder:status=INTERNAL",
    );
    assert.equal(answer.status, 303);
    const path = answer.headers.get("location") ?? "";
    assert.match(await (await visitor.get(path)).text(), /Your order was cancelled and refunded/);
    const again = await visitor.post("/cart/checkout", form);
    assert.equal(again.headers.get("location"), path);
  });

  test("is a redirect to the order if checkout was killed after the charge", async () => {
    const { visitor, answer, page } = await orderWith(
      "checkoutservice",
      "PaymentService/Charge:crash=after",
    );
    assert.equal(answer.status, 303, page);
    const path = answer.headers.get("location") ?? "";
    let shown = "";
    await poll(
      async () => {
        shown = await (await visitor.get(path)).text();
        return /Your order was cancelled and refunded/.test(shown) || undefined;
      },
      () => shown,
      30_000,
    );
    assert.match(await (await visitor.get("/orders")).text(), /Order refunded/);
  });
});
