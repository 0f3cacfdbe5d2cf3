import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { Hono } from "hono";
import { raw } from "hono/html";
import type { StorefrontEnv } from "./context.ts";
import { sendHtml } from "./send-html.ts";

async function request(text: string, accepted?: string, method = "GET") {
  const app = new Hono<StorefrontEnv>();
  app.get("/", (c) => sendHtml(c, raw(text), 422));
  const headers = accepted === undefined ? undefined : { "accept-encoding": accepted };
  const response = await app.request("/", { method, ...(headers && { headers }) });
  return { response, bytes: Buffer.from(await response.arrayBuffer()) };
}

const large = `<p>${"é".repeat(2000)}</p>`;

describe("sendHtml", () => {
  for (const [encoding, unpack] of [
    ["br", brotliDecompressSync],
    ["gzip", gunzipSync],
  ] as const) {
    it(`compresses a page with ${encoding} if the client accepts it`, async () => {
      const { response, bytes } = await request(large, encoding);
      assert.equal(response.status, 422);
      assert.equal(response.headers.get("content-encoding"), encoding);
      assert.equal(response.headers.get("content-type"), "text/html; charset=UTF-8");
      assert.equal(response.headers.get("content-length"), String(bytes.length));
      assert.equal(response.headers.get("vary"), "accept-encoding");
      assert.equal(unpack(bytes).toString(), large);
    });

    it(`sends the same headers for HEAD with ${encoding} as for GET`, async () => {
      const get = await request(large, encoding);
      const head = await request(large, encoding, "HEAD");
      assert.equal(head.bytes.length, 0);
      assert.deepEqual([...head.response.headers], [...get.response.headers]);
    });
  }

  for (const accepted of [undefined, "identity", "deflate, zstd"]) {
    it(`does not compress a page for a client that accepts ${accepted}`, async () => {
      const { response, bytes } = await request(large, accepted);
      assert.equal(response.headers.get("content-encoding"), null);
      assert.equal(response.headers.get("content-length"), String(Buffer.byteLength(large)));
      assert.equal(response.headers.get("vary"), "accept-encoding");
      assert.equal(bytes.toString(), large);
    });
  }

  it("compresses pages that are larger than 1 kB", async () => {
    const encodingOf = async (length: number) =>
      (await request("x".repeat(length), "br")).response.headers.get("content-encoding");
    assert.equal(await encodingOf(1000), null);
    assert.equal(await encodingOf(1001), "br");
  });
});
