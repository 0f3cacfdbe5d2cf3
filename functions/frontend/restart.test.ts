import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { serveQueueProxy } from "#runtime/fixtures/queue-proxy.ts";
import { startTestUpstreams } from "./fixtures/dependencies.ts";
import { goodOrder, openTestShop } from "./fixtures/storefront.ts";
import { connectUpstreams } from "./shop/clients.ts";

/** A storefront whose functions are all behind one queue-proxy. */
async function openShopBehindProxy(t: TestContext) {
  const functions = await startTestUpstreams();
  const proxy = await serveQueueProxy(functions.addresses.catalog);
  const names = Object.keys(functions.addresses) as (keyof typeof functions.addresses)[];
  const addresses = { ...functions.addresses };
  for (const name of names) addresses[name] = proxy.address;
  const upstreams = connectUpstreams(addresses);
  t.after(async () => {
    upstreams.close();
    await proxy.close();
    await functions.close();
  });
  return { shop: await openTestShop(t, { upstreams }), proxy };
}

const rawTexts = /HTTP status|dial tcp|UNAVAILABLE|127\.0\.0\.1/;

describe("while the killed container of a function restarts", () => {
  for (const path of ["/", "/product/MUG", "/search?q=mug", "/cart"]) {
    it(`${path} is answered as soon as the container answers`, async (t) => {
      const { shop, proxy } = await openShopBehindProxy(t);
      proxy.killContainer(1200);
      const response = await shop.get(path);
      assert.equal(response.status, 200);
      assert.ok(proxy.refusals > 0);
    });
  }
});

describe("while a function does not come back", () => {
  it("pages fail in words of their own", async (t) => {
    const { shop, proxy } = await openShopBehindProxy(t);
    proxy.killContainer(60_000);
    const responses = await Promise.all([
      shop.get("/"),
      shop.get("/product/MUG"),
      shop.get("/cart"),
      shop.get("/product-meta/MUG"),
      shop.post("/cart", { product_id: "MUG", quantity: "1" }),
      shop.post("/cart/empty"),
      shop.post("/cart/checkout", goodOrder),
    ]);
    for (const response of responses) {
      const page = await response.text();
      assert.equal(response.status, 503, response.url);
      assert.match(page, /A part of the shop is not answering right now/);
      assert.doesNotMatch(page, rawTexts);
    }
  });
});
