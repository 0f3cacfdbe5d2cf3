import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { ProductCatalogServiceDefinition } from "#protos/hipstershop.ts";
import { createClient } from "#runtime/client.ts";
import { serveForTest } from "#runtime/fixtures/serve-for-test.ts";
import { implement } from "#runtime/rpc.ts";
import { createCatalog } from "./catalog.ts";
import { loadCatalog } from "./load-catalog.ts";
import { createProductCatalogService } from "./service.ts";

async function openClient(t: TestContext, extraLatencyMs = 0) {
  const catalog = createCatalog(await loadCatalog(undefined));
  const service = createProductCatalogService(catalog, extraLatencyMs);
  const server = await serveForTest({
    services: [implement(ProductCatalogServiceDefinition, service)],
  });
  t.after(() => server.close());
  const client = createClient(ProductCatalogServiceDefinition, server.address);
  t.after(() => client.close());
  return { client, server };
}

test("lists all nine products in catalog order", async (t) => {
  const { client } = await openClient(t);
  const { products } = await client.listProducts({});
  assert.equal(products.length, 9);
  assert.equal(products[0]?.id, "OLJCESPC7Z");
  assert.equal(products[8]?.id, "6E92ZMYYFZ");
});

test("returns a product with all its fields", async (t) => {
  const { client } = await openClient(t);
  const { description, ...rest } = await client.getProduct({ id: "2ZYFJ3GM2N" });
  assert.match(description, /levels/);
  assert.deepEqual(rest, {
    id: "2ZYFJ3GM2N",
    name: "Hairdryer",
    picture: "/static/img/products/hairdryer.svg",
    priceUsd: { currencyCode: "USD", units: 24n, nanos: 990_000_000 },
    categories: ["hair", "beauty"],
  });
});

test("answers NOT_FOUND with the id of an unknown product", async (t) => {
  const { client } = await openClient(t);
  await assert.rejects(client.getProduct({ id: "NOPE" }), {
    code: "NOT_FOUND",
    message: "no product with ID NOPE",
  });
});

test("rejects an invalid id or query with INVALID_ARGUMENT", async (t) => {
  const { client } = await openClient(t);
  await assert.rejects(client.getProduct({ id: "" }), {
    code: "INVALID_ARGUMENT",
    message: "id is missing",
  });
  await assert.rejects(client.getProduct({ id: "x".repeat(257) }), { code: "INVALID_ARGUMENT" });
  await assert.rejects(client.searchProducts({ query: "x".repeat(1025) }), {
    code: "INVALID_ARGUMENT",
    message: "query has 1025 characters: expected at most 1024",
  });
});

test("returns complete products for a search", async (t) => {
  const { client } = await openClient(t);
  const { results } = await client.searchProducts({ query: "MUG" });
  assert.deepEqual(results, [await client.getProduct({ id: "6E92ZMYYFZ" })]);
  assert.deepEqual(await client.searchProducts({ query: "zeppelin" }), { results: [] });
});

test("delays every call by the extra latency", async (t) => {
  const { client } = await openClient(t, 30);
  const startMs = performance.now();
  await client.listProducts({});
  // Timers may fire up to a millisecond early.
  assert.ok(performance.now() - startMs >= 29);
});

test("ends the delay when the call is cancelled, so that a drain can end", {
  timeout: 10_000,
}, async (t) => {
  const { client, server } = await openClient(t, 3_600_000);
  await assert.rejects(client.listProducts({}, { timeoutMs: 50 }), { code: "DEADLINE_EXCEEDED" });
  // The drain waits for running calls: for an hour, if the delay did not end.
  await server.drain();
});
