import assert from "node:assert/strict";
import { type IncomingHttpHeaders, request } from "node:http";
import { buffer } from "node:stream/consumers";
import { test } from "node:test";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { startLocalShop } from "./fixtures/local-shop.ts";

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** The body, before decompression. */
  readonly bytes: Buffer;
}

// Not fetch, which decompresses the body.
function send(
  url: string,
  headers: Record<string, string> = {},
  method = "GET",
  body?: string,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    request(url, { method, headers, agent: false }, async (response) => {
      const { statusCode: status = 0, headers } = response;
      resolve({ status, headers, bytes: await buffer(response) });
    })
      .once("error", reject)
      .end(body);
  });
}

const encodings = [
  ["br", "gzip, deflate, br", brotliDecompressSync],
  ["gzip", "gzip, deflate", gunzipSync],
] as const;

const sameHeaders = ["etag", "vary", "content-type", "content-encoding", "content-length"] as const;

function assertSameHead(head: Answer, get: Answer): void {
  assert.equal(head.status, get.status);
  assert.equal(head.bytes.length, 0);
  for (const name of sameHeaders) {
    assert.equal(head.headers[name], get.headers[name], name);
  }
}

const files = {
  storefront: [
    "/static/css/base.css",
    "/static/css/cart.css",
    "/static/img/favicon.svg",
    "/static/img/products/watch.svg",
  ],
  console: ["/", "/style.css", "/page.js", "/favicon.svg"],
} as const;

test("the built shop sends its files compressed", async (suite) => {
  const shop = await startLocalShop();
  suite.after(() => shop.close());
  for (const server of ["storefront", "console"] as const) {
    const { [server]: base } = shop.platform.urls;
    for (const path of files[server]) {
      await suite.test(`${server} ${path}`, async () => {
        const plain = await send(base + path);
        assert.equal(plain.headers["content-encoding"], undefined);
        const tags = [plain.headers.etag];
        for (const [encoding, accepted, unpack] of encodings) {
          const get = await send(base + path, { "accept-encoding": accepted });
          assert.equal(get.headers["content-encoding"], encoding);
          assert.equal(get.headers["content-type"], plain.headers["content-type"]);
          assert.equal(get.headers.vary, "accept-encoding");
          assert.equal(get.headers["content-length"], String(get.bytes.length));
          assert.ok(get.bytes.length < 0.85 * plain.bytes.length, encoding);
          assert.deepEqual(unpack(get.bytes), plain.bytes);
          const head = await send(base + path, { "accept-encoding": accepted }, "HEAD");
          assertSameHead(head, get);
          tags.push(get.headers.etag);
          const known = { "accept-encoding": accepted, "if-none-match": get.headers.etag ?? "" };
          assert.equal((await send(base + path, known)).status, 304);
        }
        assert.equal(new Set(tags).size, 3);
      });
    }
  }
});

test("the built shop sends its pages compressed", async (suite) => {
  const shop = await startLocalShop();
  suite.after(() => shop.close());
  const { storefront } = shop.platform.urls;
  for (const [path, status] of [
    ["/", 200],
    ["/product/6E92ZMYYFZ", 200],
    ["/cart", 200],
    ["/search?q=mug", 200],
    ["/nowhere", 404],
    ["/static/none.css", 404],
    ["/cart/checkout", 405],
  ] as const) {
    await suite.test(path, async () => {
      const plain = await send(storefront + path);
      assert.equal(plain.headers["content-encoding"], undefined);
      assert.equal(plain.headers["content-length"], String(plain.bytes.length));
      assert.equal(plain.headers.vary, "accept-encoding");
      for (const [encoding, accepted, unpack] of encodings) {
        const get = await send(storefront + path, { "accept-encoding": accepted });
        assert.equal(get.status, status);
        assert.equal(get.headers["content-encoding"], encoding);
        assert.equal(get.headers.vary, "accept-encoding");
        assert.equal(get.headers["content-length"], String(get.bytes.length));
        assert.ok(get.bytes.length < 0.6 * plain.bytes.length, `${get.bytes.length} bytes`);
        const text = unpack(get.bytes).toString();
        assert.ok(text.startsWith("<!doctype html>") && text.endsWith("</html>\n"));
        const head = await send(storefront + path, { "accept-encoding": accepted }, "HEAD");
        assert.equal(head.status, status);
        assert.equal(head.bytes.length, 0);
        assert.equal(head.headers["content-encoding"], encoding);
        assert.equal(head.headers.vary, "accept-encoding");
      }
    });
  }
  await suite.test("the response to a form is compressed", async () => {
    const type = { "content-type": "application/x-www-form-urlencoded" };
    const headers = { ...type, "accept-encoding": "br" };
    const refused = await send(`${storefront}/cart`, headers, "POST", "product_id=6E92ZMYYFZ");
    assert.equal(refused.status, 422);
    assert.match(brotliDecompressSync(refused.bytes).toString(), /id="quantity-error"/);
  });
  await suite.test("responses without a page are not compressed", async () => {
    for (const [path, status] of [
      ["/_healthz", 200],
      ["/robots.txt", 200],
    ] as const) {
      const answer = await send(storefront + path, { "accept-encoding": "br, gzip" });
      assert.equal(answer.status, status);
      assert.equal(answer.headers["content-encoding"], undefined, path);
    }
  });
});
