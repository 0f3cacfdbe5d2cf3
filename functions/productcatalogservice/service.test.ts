import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { ProductCatalogServiceDefinition } from "#protos/hipstershop.ts";
import { createClient } from "#runtime/client.ts";
import { createCallContext } from "#runtime/fixtures/request-context.ts";
import { serveForTest } from "#runtime/fixtures/serve-for-test.ts";
import { implement } from "#runtime/rpc.ts";
import { createCatalog } from "./catalog.ts";
import { ReloadedCatalog } from "./reloaded-catalog.ts";
import { createProductCatalogService } from "./service.ts";

async function openClient(t: TestContext, extraLatencyMs = 0) {
  const catalogs = await ReloadedCatalog.open(undefined, 60_000);
  const service = createProductCatalogService(catalogs, extraLatencyMs);
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

test("returns several products, each once, in the order of the ids", async (t) => {
  const { client } = await openClient(t);
  const { version } = await client.listProducts({});
  const ids = ["6E92ZMYYFZ", "NOPE", "OLJCESPC7Z", "6E92ZMYYFZ"];
  const found = await client.getProducts({ ids });
  assert.deepEqual(
    found.products,
    await Promise.all([ids[0], ids[2]].map((id = "") => client.getProduct({ id }))),
  );
  assert.equal(found.version, version);
  assert.deepEqual(await client.getProducts({ ids: [] }), { products: [], version });
  assert.deepEqual(await client.getProducts({ ids, version: "another one" }), found);
});

test("rejects too many ids, an invalid id and an invalid version with INVALID_ARGUMENT", async (t) => {
  const { client } = await openClient(t);
  for (const [request, message] of [
    [{ ids: Array<string>(10_001).fill("A") }, /^ids has 10001 entries: expected at most 10000$/],
    [{ ids: ["A", ""] }, /^ids\[1\] is missing$/],
    [{ ids: ["x".repeat(257)] }, /^ids\[0\] has 257 characters/],
    [{ ids: [], version: "x".repeat(257) }, /^version has 257 characters/],
  ] as const) {
    await assert.rejects(client.getProducts({ ...request, ids: [...request.ids] }), {
      code: "INVALID_ARGUMENT",
      message,
    });
  }
});

test("allows to use lists, search results and products of the present version again", async () => {
  const catalogs = await ReloadedCatalog.open(undefined, 60_000);
  const { listProducts, searchProducts, getProduct, getProducts } = createProductCatalogService(
    catalogs,
    0,
  );
  const etag = (await catalogs.present()).version;
  const policy = { maxAgeS: 5, staleWhileRevalidateS: 55, etag };
  const { context, policies } = createCallContext();
  await listProducts({}, context);
  await searchProducts({ query: "mug" }, context);
  await getProducts({ ids: ["6E92ZMYYFZ"], version: etag }, context);
  assert.deepEqual(policies, [policy, policy, policy]);
  await getProduct({ id: "6E92ZMYYFZ" }, context);
  await getProducts({ ids: ["6E92ZMYYFZ"] }, context);
  await getProducts({ ids: ["6E92ZMYYFZ"], version: "another one" }, context);
  assert.equal(policies.length, 3);
});

test("does not allow to use products of a replaced version again, which may be forgotten sooner", async () => {
  const [replaced, present] = [
    createCatalog([], 60_000),
    (await ReloadedCatalog.open(undefined, 60_000)).present(),
  ];
  const catalogs = { present: () => present, at: async () => replaced };
  const { context, policies } = createCallContext();
  const { getProducts } = createProductCatalogService(catalogs, 0);
  const { version } = await getProducts({ ids: [], version: replaced.version }, context);
  assert.equal(version, replaced.version);
  assert.deepEqual(policies, []);
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
