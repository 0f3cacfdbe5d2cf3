import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { serveQueueProxy } from "#runtime/fixtures/queue-proxy.ts";
import { allAt, startTestDependencies } from "./fixtures/dependencies.ts";
import { goodOrder, openTestShop } from "./fixtures/storefront.ts";
import { createClients } from "./shop/clients.ts";

/** A storefront with all its dependencies behind one queue-proxy. */
async function openShopBehindProxy(t: TestContext) {
  const functions = await startTestDependencies();
  const proxy = await serveQueueProxy(functions.addresses.cartservice);
  const clients = createClients(allAt(proxy.address));
  t.after(async () => {
    clients.close();
    await proxy.close();
    await functions.close();
  });
  return { shop: await openTestShop(t, { clients }), proxy };
}

const rawTexts = /HTTP status|dial tcp|UNAVAILABLE|127\.0\.0\.1/;

describe("while the killed container of a function restarts", () => {
  for (const path of ["/", "/product/MUG", "/search?q=mug", "/cart"]) {
    it(`${path} returns 200 as soon as the container accepts requests`, async (t) => {
      const { shop, proxy } = await openShopBehindProxy(t);
      proxy.killContainer(1200);
      const response = await shop.get(path);
      assert.equal(response.status, 200);
      assert.ok(proxy.refusals > 0);
    });
  }
});

describe("while a function stays unavailable", () => {
  it("pages return 503 without the proxy's error texts", async (t) => {
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
      assert.equal(response.status, 503, page.slice(0, 300));
      assert.match(page, /A part of the shop is not available/);
      assert.doesNotMatch(page, rawTexts);
    }
  });
});
