import assert from "node:assert/strict";
import { test } from "node:test";
import { goodOrder, openTestShop } from "./fixtures/storefront.ts";
import { predictCallees } from "./predict-dependencies.ts";

test("what the next page needs and this one did not is predicted", async (t) => {
  const shop = await openTestShop(t);
  const calleesOf = async (visit: () => Promise<Response>) => {
    shop.upstreams.calls.length = 0;
    await (await visit()).text();
    const services = shop.upstreams.calls.map((call) => call.split("/", 1)[0] ?? "");
    return new Set(services.map((service) => service.toLowerCase()));
  };
  const home = await calleesOf(() => shop.get("/"));
  const product = await calleesOf(() => shop.get("/product/MUG"));
  await shop.post("/cart", { product_id: "MUG", quantity: "1" });
  const cart = await calleesOf(() => shop.get("/cart"));
  const order = await calleesOf(() => shop.post("/cart/checkout", { ...goodOrder }));

  const check = (path: string, now: ReadonlySet<string>, next: ReadonlySet<string>) => {
    const predicted = predictCallees("GET", path);
    const missing = [...next].filter((name) => !now.has(name) && !predicted.includes(name));
    assert.deepEqual(missing, [], `missing after ${path}`);
    const needless = predicted.filter((name) => !next.has(name));
    assert.deepEqual(needless, [], `needless after ${path}`);
  };
  check("/", home, product);
  check("/product/MUG", product, cart);
  check("/cart", cart, order);
});

test("nothing is predicted from what is no page of the way to an order", () => {
  assert.deepEqual(predictCallees("GET", "/static/css/shop.css"), []);
  assert.deepEqual(predictCallees("POST", "/cart"), []);
});
