import assert from "node:assert/strict";
import { test } from "node:test";
import { goodOrder, openTestShop } from "./fixtures/storefront.ts";
import { predictDependencies } from "./predict-dependencies.ts";

test("predicts the functions that the next page needs and this page did not need", async (t) => {
  const shop = await openTestShop(t);
  const addressesByName = async (visit: () => Promise<Response>) => {
    shop.dependencies.calls.length = 0;
    await (await visit()).text();
    const services = shop.dependencies.calls.map((call) => call.split("/", 1)[0] ?? "");
    return new Set(services.map((service) => service.toLowerCase()));
  };
  const home = await addressesByName(() => shop.get("/"));
  const product = await addressesByName(() => shop.get("/product/MUG"));
  await shop.post("/cart", { product_id: "MUG", quantity: "1" });
  const cart = await addressesByName(() => shop.get("/cart"));
  const fields = await shop.openForm();
  const order = await addressesByName(async () =>
    shop.follow(await shop.post("/cart/checkout", { ...goodOrder, ...fields })),
  );

  const check = (path: string, now: ReadonlySet<string>, next: ReadonlySet<string>) => {
    const predicted = predictDependencies("GET", path);
    const missing = [...next].filter((name) => !now.has(name) && !predicted.includes(name));
    assert.deepEqual(missing, [], `missing after ${path}`);
    const superfluous = predicted.filter((name) => !next.has(name));
    assert.deepEqual(superfluous, [], `superfluous after ${path}`);
  };
  check("/", home, product);
  check("/product/MUG", product, cart);
  check("/cart", cart, order);
});

test("predicts nothing for other requests", () => {
  assert.deepEqual(predictDependencies("GET", "/static/css/shop.css"), []);
  assert.deepEqual(predictDependencies("POST", "/cart"), []);
});
