import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { StatusError } from "#runtime/status.ts";
import { openTestShop } from "./fixtures/storefront.ts";

describe("files and data", () => {
  it("include a health check that starts no session", async (t) => {
    const shop = await openTestShop(t);
    const probe = await shop.get("/_healthz", { cookie: "" });
    assert.equal(await probe.text(), "ok");
    assert.deepEqual(probe.headers.getSetCookie(), []);
  });

  it("include a robots.txt that allows products, and nothing that depends on a visitor", async (t) => {
    const shop = await openTestShop(t);
    const response = await shop.get("/robots.txt", { cookie: "" });
    assert.equal(response.headers.get("content-type"), "text/plain; charset=UTF-8");
    assert.equal(response.headers.get("cache-control"), "public, max-age=86400");
    assert.deepEqual(response.headers.getSetCookie(), []);
    const lines = (await response.text()).split("\n");
    const isAllowed = (path: string) =>
      !lines.some((line) => line !== "" && path.startsWith(line.replace(/^Disallow: /, "")));
    assert.equal(lines[0], "User-agent: *");
    for (const path of ["/", "/product/MUG", "/?category=kitchen", "/static/css/base.css"]) {
      assert.ok(isAllowed(path), path);
    }
    for (const path of [
      "/cart",
      "/cart/checkout",
      "/logout",
      "/setCurrency",
      "/search?q=x",
      "/product-meta/MUG",
    ]) {
      assert.ok(!isAllowed(path), path);
    }
  });

  it("include product data in Online Boutique's JSON format", async (t) => {
    const shop = await openTestShop(t);
    assert.deepEqual(await (await shop.get("/product-meta/MUG")).json(), {
      id: "MUG",
      name: "Mug",
      description: "One of our mug, described in a sentence or two for the page.",
      picture: "/static/img/products/mug.svg",
      price_usd: { currency_code: "USD", units: 8, nanos: 990_000_000 },
      categories: ["kitchen"],
    });
    const failure = new StatusError("NOT_FOUND", "secret detail");
    shop.dependencies.failures.set("ProductCatalogService/getProduct", failure);
    const missing = await shop.get("/product-meta/NONE");
    assert.equal(missing.status, 404);
    assert.deepEqual(await missing.json(), { error: "There is no product with this ID." });
  });

  it("are cached forever by version, else for an hour", async (t) => {
    const shop = await openTestShop(t);
    const page = await (await shop.get("/")).text();
    const [, url = ""] = /href="(\/static\/css\/base\.css\?v=\w+)"/.exec(page) ?? [];
    const versioned = await shop.get(url);
    assert.match(versioned.headers.get("cache-control") ?? "", /max-age=31536000, immutable/);
    assert.equal(versioned.headers.get("content-type"), "text/css; charset=utf-8");
    const plain = await shop.get("/static/css/base.css");
    const etag = plain.headers.get("etag") ?? "";
    assert.equal(plain.headers.get("cache-control"), "public, max-age=3600");
    assert.equal((await shop.get("/static/css/base.css", { "if-none-match": etag })).status, 304);
    assert.equal((await shop.get("/static/css/base.css", { "if-none-match": '"x"' })).status, 200);
  });

  for (const path of ["/static/css", "/static/none.css", "/static/%2e%2e/service.ts", "/static/"]) {
    it(`do not include ${path}`, async (t) => {
      const shop = await openTestShop(t);
      assert.equal((await shop.get(path)).status, 404);
    });
  }
});
