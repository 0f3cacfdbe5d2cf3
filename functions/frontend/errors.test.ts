import assert from "node:assert/strict";
import { connect } from "node:net";
import { describe, it } from "node:test";
import { StatusError } from "#runtime/status.ts";
import { openTestShop, serveTestShop } from "./fixtures/storefront.ts";
import { maxFormBytes } from "./forms/read-form.ts";

/** Sends bytes and returns the first line of the response. */
function sendRaw(host: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(`http://${host}`);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    socket.once("data", (data) => {
      resolve(data.toString().split("\r\n", 1)[0] ?? "");
      socket.destroy();
    });
    socket.once("error", reject);
  });
}

describe("errors", () => {
  it("are a page with the trace ID", async (t) => {
    const shop = await serveTestShop(t);
    const response = await shop.get("/nowhere");
    assert.equal(response.status, 404);
    assert.match(await response.text(), /include the trace ID: <code>[0-9a-f]{32}/);
  });

  const methods: [string, string, string][] = [
    ["POST", "/", "GET, HEAD"],
    ["DELETE", "/cart", "GET, HEAD, POST"],
    ["GET", "/cart/checkout", "POST"],
    ["GET", "/setCurrency", "POST"],
    ["PUT", "/product/MUG", "GET, HEAD"],
    ["OPTIONS", "/cart/empty", "POST"],
    ["POST", "/_healthz", "GET, HEAD"],
  ];
  for (const [method, path, allowed] of methods) {
    it(`are 405 for ${method} ${path}, with the allowed methods`, async (t) => {
      const shop = await openTestShop(t);
      const response = await shop.send(path, { method });
      assert.equal(response.status, 405);
      assert.equal(response.headers.get("allow"), allowed);
    });
  }

  it("and redirects that answer a POST are not stored", async (t) => {
    const shop = await openTestShop(t);
    const answers = [
      await shop.post("/cart", { product_id: "MUG", quantity: "1" }),
      await shop.post("/cart", { product_id: "MUG", quantity: "0" }),
      await shop.post("/nowhere"),
      await shop.post("/cart", {}, { origin: "http://evil.example" }),
      await shop.post("/cart", {}, { "content-type": "text/plain" }),
    ];
    assert.deepEqual(
      answers.map(({ status, headers }) => [status, headers.get("cache-control")]),
      [302, 422, 404, 403, 415].map((status) => [status, "no-store"]),
    );
    const read = await shop.get("/cart");
    assert.equal(read.headers.get("cache-control"), "private, no-cache");
  });

  it("are 415 for other media types", async (t) => {
    const shop = await openTestShop(t);
    for (const type of ["application/json", "text/plain", "multipart/form-data; boundary=x"]) {
      const sent = await shop.post("/cart", { product_id: "MUG" }, { "content-type": type });
      assert.equal(sent.status, 415, type);
    }
  });

  it("are 413 for a form that is too large, with and without its length", async (t) => {
    const shop = await serveTestShop(t);
    const size = maxFormBytes + 1;
    assert.equal((await shop.post("/cart", { product_id: "x".repeat(size) })).status, 413);
    const head = `POST /cart HTTP/1.1\r\nhost: ${shop.host}\r\ncontent-type: application/x-www-form-urlencoded\r\n`;
    const body = `transfer-encoding: chunked\r\n\r\n${size.toString(16)}\r\n${"x".repeat(size)}\r\n0\r\n\r\n`;
    assert.match(await sendRaw(shop.host, head + body), / 413 /);
  });

  it("are 400 for a form that is not UTF-8", async (t) => {
    const shop = await openTestShop(t);
    const init = {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
    };
    for (const body of ["product_id=%FF", "product_id=%", new Uint8Array([0xff, 0x3d])]) {
      const response = await shop.send("/cart", { ...init, body });
      assert.equal(response.status, 400);
    }
  });

  it("are 403 for a form from another site", async (t) => {
    const shop = await openTestShop(t);
    const fields = { product_id: "MUG", quantity: "1" };
    assert.equal((await shop.post("/cart", fields, { origin: "http://evil.example" })).status, 403);
    assert.equal((await shop.post("/cart", fields, { origin: `http://${shop.host}` })).status, 302);
    assert.deepEqual(shop.cart(), { MUG: 1 });
  });

  const failures = [
    ["UNAVAILABLE", 503],
    ["RESOURCE_EXHAUSTED", 503],
    ["DEADLINE_EXCEEDED", 504],
    ["INTERNAL", 500],
    ["UNKNOWN", 500],
  ] as const;
  for (const [code, status] of failures) {
    it(`are ${status} without details if a function returns ${code}`, async (t) => {
      const shop = await openTestShop(t);
      const failure = new StatusError(code, "secret detail");
      shop.dependencies.failures.set("ProductCatalogService/listProducts", failure);
      const response = await shop.get("/");
      assert.equal(response.status, status);
      assert.equal(response.headers.has("retry-after"), status === 503);
      assert.doesNotMatch(await response.text(), /secret detail|node:|at \//);
    });
  }

  it("do not stop the process if the bytes are not a request", async (t) => {
    const shop = await serveTestShop(t);
    assert.match(await sendRaw(shop.host, "GET / HTTP/1.1\r\n\r\n"), / 400 /);
    assert.match(await sendRaw(shop.host, "GET / HTTP/1.1\r\nhost: a b\r\n\r\n"), / 400 /);
    assert.match(
      await sendRaw(shop.host, `TRACE / HTTP/1.1\r\nhost: ${shop.host}\r\n\r\n`),
      / 405 /,
    );
    assert.equal((await shop.get("/")).status, 200);
  });
});
