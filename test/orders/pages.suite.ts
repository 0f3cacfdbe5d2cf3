import assert from "node:assert/strict";
import { test } from "node:test";
import { orderForm, Visitor } from "../fixtures/visitor.ts";
import type { OrderShop } from "./fixtures/order-shop.ts";

/** Tests the order form of the storefront. */
export function describeOrderPages(shop: () => OrderShop): void {
  test("a form that is sent three times at once, and after a restart, leads to one page", async () => {
    const visitor = await visitorWithCart(shop());
    const form = await readForm(visitor);
    const order = (again: Visitor) => again.post("/cart/checkout", form);
    const answers = await Promise.all([order(visitor), order(visitor), order(visitor)]);
    await shop().settle(visitor.sessionId);
    await shop().restart();
    const later = new Visitor(shop().platform.urls.storefront, visitor.sessionId);
    answers.push(await order(later));
    const pages = answers.map(({ status, headers }) => `${status} ${headers.get("location")}`);
    assert.match(pages[0] ?? "", /^303 \/orders\/[0-9a-f-]{36}$/);
    assert.equal(new Set(pages).size, 1, pages.join(", "));
    assert.equal((await later.get(answers[0]?.headers.get("location") ?? "")).status, 200);
    const { orders, transactions, shipments } = await shop().settle(visitor.sessionId);
    assert.deepEqual([orders.length, transactions.size, shipments.size], [1, 1, 1]);
  });

  test("a form whose cart or currency changed in another tab is shown again", async () => {
    const visitor = await visitorWithCart(shop());
    for (const change of [
      () => visitor.post("/cart", { product_id: "6E92ZMYYFZ", quantity: "1" }),
      async () => {
        visitor.currency = "JPY";
      },
    ]) {
      const form = await readForm(visitor);
      await change();
      const answer = await visitor.post("/cart/checkout", form);
      assert.equal(answer.status, 409);
      const shown = fieldsOf(await answer.text());
      assert.notEqual(shown.expected_total, form.expected_total);
      assert.equal((await shop().records(visitor.sessionId)).orders.length, 0);
    }
    const answer = await visitor.post("/cart/checkout", await readForm(visitor));
    assert.equal(answer.status, 303);
    await shop().settle(visitor.sessionId);
  });
}

async function visitorWithCart(shop: OrderShop): Promise<Visitor> {
  const visitor = new Visitor(shop.platform.urls.storefront);
  await visitor.post("/cart", { product_id: "OLJCESPC7Z", quantity: "2" });
  return visitor;
}

/** The filled order form of the cart page, with its hidden fields. */
async function readForm(visitor: Visitor): Promise<Record<string, string>> {
  return { ...orderForm, ...fieldsOf(await (await visitor.get("/cart")).text()) };
}

function fieldsOf(page: string): Record<string, string> {
  const names = ["request_id", "expected_total", "cart_version"];
  const fields = names.map((name) => {
    const [, value] = new RegExp(`name="${name}" value="([^"]+)"`).exec(page) ?? [];
    assert.ok(value, `the page has no field ${name}`);
    return [name, value];
  });
  return Object.fromEntries(fields);
}
