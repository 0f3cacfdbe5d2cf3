import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { type Interceptor, startTinyShop } from "./fixtures/tiny-shop.ts";
import { readLoadOptions } from "./options.ts";
import { runLoad } from "./run.ts";

async function openShop(t: TestContext, intercept?: Interceptor) {
  const shop = await startTinyShop(intercept);
  t.after(() => shop.close());
  const raw = { users: "1", spawnRate: "100", thinkTime: "1ms", maxRequests: "200", seed: "1" };
  return { shop, options: readLoadOptions({ ...raw, url: shop.url }, () => 0) };
}

test("follows redirects as a browser does", async (t) => {
  const { shop, options } = await openShop(t);
  await runLoad(options);
  const lines = shop.requests.map(({ line }) => line);
  assert.equal(lines[lines.indexOf("POST /cart") + 1], "GET /cart");
  assert.equal(lines[lines.indexOf("POST /setCurrency") + 1], "GET /");
});

test("an order has the hidden fields of the cart page's form", async (t) => {
  const { shop, options } = await openShop(t);
  await runLoad(options);
  const orders = shop.requests.filter(({ line }) => line === "POST /cart/checkout");
  assert.ok(orders.length > 0);
  for (const { body } of orders) {
    const fields = new URLSearchParams(body);
    assert.equal(fields.get("request_id"), "a-1");
    assert.ok(fields.has("credit_card_number"));
  }
});

const answersToOrders: [string, number, string, string | undefined][] = [
  ["Online Boutique's confirmation", 200, "Your parcel is AB-20123-101234567", undefined],
  ["a page without a tracking number", 200, "Try again.", "no /\\b[A-Z]{2}-\\d+-\\d+/ on it"],
  ["a cart that has changed", 409, "The total is now $9.", "status 409"],
];
for (const [what, status, page, reason] of answersToOrders) {
  test(`${reason ? "fails" : "succeeds"} if the answer to an order is ${what}`, async (t) => {
    const { options } = await openShop(t, ({ url }, response) => {
      if (url !== "/cart/checkout") return false;
      response.writeHead(status).end(page);
      return true;
    });
    const { errors } = await runLoad(options);
    assert.deepEqual([...new Set(errors.map((error) => error.reason))], reason ? [reason] : []);
  });
}
