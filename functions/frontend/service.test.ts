import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createRequestContext } from "#runtime/fixtures/request-context.ts";
import { createTestApp, openTestShop, serveTestShop } from "./fixtures/storefront.ts";

const securityHeaders = {
  "content-security-policy":
    "default-src 'none'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "same-origin",
  "strict-transport-security": "max-age=15552000",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

describe("headers", () => {
  it("of a request with invalid or large baggage do not fail a page", async (t) => {
    const shop = await serveTestShop(t);
    for (const baggage of ["a=b;\tp", "a=b;p=\u00fc", `a=${"b".repeat(9000)}`]) {
      for (const path of ["/", "/product/MUG", "/cart"]) {
        assert.equal((await shop.get(path, { baggage })).status, 200, path);
      }
    }
  });

  it("restrict a page to its own style sheets and pictures", async (t) => {
    const shop = await openTestShop(t);
    const { headers } = await shop.get("/");
    assert.match(
      headers.get("content-security-policy") ?? "",
      /^default-src 'none'; style-src 'self';/,
    );
    assert.doesNotMatch(headers.get("content-security-policy") ?? "", /script-src|unsafe/);
    assert.equal(headers.get("cache-control"), "private, no-cache");
  });

  it("are on every response, including those of files, errors and redirects", async (t) => {
    const shop = await openTestShop(t);
    const responses = await Promise.all([
      shop.get("/"),
      shop.get("/static/css/base.css"),
      shop.get("/nowhere"),
      shop.get("/logout"),
      shop.post("/cart", {}, { origin: "http://evil.example" }),
    ]);
    for (const { headers } of responses) {
      const names = Object.keys(securityHeaders);
      const actual = Object.fromEntries(names.map((name) => [name, headers.get(name)]));
      assert.deepEqual(actual, securityHeaders);
    }
  });

  it("are the same for HEAD as for GET", async (t) => {
    const shop = await serveTestShop(t);
    for (const path of ["/", "/product/MUG", "/cart", "/static/css/base.css", "/_healthz"]) {
      const response = await shop.send(path, { method: "HEAD" });
      assert.equal(response.status, 200, path);
      assert.equal(await response.text(), "");
    }
  });
});

describe("routes", () => {
  for (const [method, path, route] of [
    ["GET", "/", "/"],
    ["GET", "/product/MUG", "/product/{id}"],
    ["GET", "/product-meta/MUG", "/product-meta/{ids}"],
    ["GET", "/static/css/base.css", "/static/*"],
    ["POST", "/cart", "/cart"],
    ["GET", "/nowhere", undefined],
    ["DELETE", "/cart", undefined],
  ] as const) {
    it(`report ${route} for ${method} ${path}`, async (t) => {
      const { app } = await createTestApp(t);
      let reported: string | undefined;
      const setRoute = (name: string) => {
        reported = name;
      };
      await app.request(path, { method }, { context: { ...createRequestContext(), setRoute } });
      assert.equal(reported, route);
    });
  }

  it("list the cold starts in the footer and the Server-Timing header", async (t) => {
    const { app } = await createTestApp(t);
    const coldStarts = [{ service: "cartservice", durationMs: 92.1 }];
    const context = { ...createRequestContext(), coldStarts, setRoute: () => undefined };
    const response = await app.request("/", {}, { context });
    const expected = 'coldstart;desc="cartservice";dur=92.1';
    assert.equal(response.headers.get("server-timing"), expected);
    assert.match(await response.text(), /Cold starts for this page: cartservice 92 ms\./);
  });
});
