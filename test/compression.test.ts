import assert from "node:assert/strict";
import { type IncomingHttpHeaders, request } from "node:http";
import { buffer } from "node:stream/consumers";
import { test } from "node:test";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { startLocalShop } from "./local-shop.ts";

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** As they were on the wire. */
  readonly bytes: Buffer;
}

// Not fetch, which unpacks what it gets.
function send(url: string, headers: Record<string, string> = {}, method = "GET"): Promise<Answer> {
  return new Promise((resolve, reject) => {
    request(url, { method, headers, agent: false }, async (response) => {
      const { statusCode: status = 0, headers } = response;
      resolve({ status, headers, bytes: await buffer(response) });
    })
      .once("error", reject)
      .end();
  });
}

const encodings = [
  ["br", "gzip, deflate, br", brotliDecompressSync],
  ["gzip", "gzip, deflate", gunzipSync],
] as const;

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
          assert.equal(head.bytes.length, 0);
          for (const name of ["etag", "vary", "content-encoding", "content-length"] as const) {
            assert.equal(head.headers[name], get.headers[name], name);
          }
          tags.push(get.headers.etag);
          const known = { "accept-encoding": accepted, "if-none-match": get.headers.etag ?? "" };
          assert.equal((await send(base + path, known)).status, 304);
        }
        assert.equal(new Set(tags).size, 3);
      });
    }
  }
});
