import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import {
  type Product,
  ProductCatalogServiceDefinition,
  RecommendationServiceDefinition,
} from "#protos/hipstershop.ts";
import { createClient } from "#runtime/client.ts";
import { createCallContext } from "#runtime/fixtures/request-context.ts";
import { serveForTest } from "#runtime/fixtures/serve-for-test.ts";
import { type Handlers, implement } from "#runtime/rpc.ts";
import { type StatusCode, StatusError } from "#runtime/status.ts";
import { createRecommendationService } from "./service.ts";

type ListProducts = Handlers<ProductCatalogServiceDefinition>["listProducts"];

async function openClient(t: TestContext, listProducts: ListProducts) {
  const catalogServer = await serveForTest({
    services: [
      implement(ProductCatalogServiceDefinition, {
        listProducts,
        getProduct: () => product("unused"),
        getProducts: () => ({ products: [], version: "" }),
        searchProducts: () => ({ results: [] }),
      }),
    ],
  });
  t.after(() => catalogServer.close());
  const catalog = createClient(ProductCatalogServiceDefinition, catalogServer.address);
  t.after(() => catalog.close());
  const service = createRecommendationService(catalog, Math.random);
  const server = await serveForTest({
    services: [implement(RecommendationServiceDefinition, service)],
  });
  t.after(() => server.close());
  const client = createClient(RecommendationServiceDefinition, server.address);
  t.after(() => client.close());
  return client;
}

function product(id: string): Product {
  return { id, name: id, description: "", picture: "", priceUsd: undefined, categories: [] };
}

const nine = ["a", "b", "c", "d", "e", "f", "g", "h", "i"];
const listNine: ListProducts = () => ({ products: nine.map(product) });

const requests = [
  { productIds: [], recommended: 5 },
  { productIds: ["a"], recommended: 5 },
  { productIds: ["a", "b", "c", "d"], recommended: 5 },
  { productIds: ["a", "b", "c", "d", "e", "a"], recommended: 4 },
  { productIds: ["unknown", ""], recommended: 5 },
  { productIds: nine, recommended: 0 },
];

for (const { productIds, recommended } of requests) {
  test(`recommends ${recommended} other products for [${productIds}]`, async (t) => {
    const client = await openClient(t, listNine);
    const answer = await client.listRecommendations({ userId: "", productIds });
    assert.equal(answer.productIds.length, recommended);
    assert.equal(new Set(answer.productIds).size, recommended);
    for (const id of answer.productIds) {
      assert.ok(nine.includes(id) && !productIds.includes(id), id);
    }
  });
}

const failures: { catalog: StatusCode; answer: StatusCode }[] = [
  { catalog: "DEADLINE_EXCEEDED", answer: "DEADLINE_EXCEEDED" },
  { catalog: "RESOURCE_EXHAUSTED", answer: "RESOURCE_EXHAUSTED" },
  { catalog: "INTERNAL", answer: "INTERNAL" },
  { catalog: "INVALID_ARGUMENT", answer: "INTERNAL" },
  { catalog: "UNIMPLEMENTED", answer: "INTERNAL" },
];

for (const { catalog, answer } of failures) {
  test(`answers ${answer} with a message of its own if the catalog answers ${catalog}`, async (t) => {
    const client = await openClient(t, () => {
      throw new StatusError(catalog, "10.1.2.3 is secret");
    });
    await assert.rejects(client.listRecommendations({ userId: "", productIds: [] }), {
      code: answer,
      message: `cannot recommend products: the product catalog failed with ${catalog}`,
    });
  });
}

test("answers UNAVAILABLE if the catalog is not reachable", async (t) => {
  const gone = await serveForTest({});
  await gone.close();
  const catalog = createClient(ProductCatalogServiceDefinition, gone.address);
  t.after(() => catalog.close());
  const service = createRecommendationService(catalog, Math.random);
  const { context } = createCallContext();
  await assert.rejects(
    async () => service.listRecommendations({ userId: "", productIds: [] }, context),
    { code: "UNAVAILABLE", message: /the product catalog failed with UNAVAILABLE$/ },
  );
});

test("rejects too many ids and ids that are too long with INVALID_ARGUMENT", async (t) => {
  const client = await openClient(t, listNine);
  const productIds = Array.from({ length: 10_001 }, () => "a");
  await assert.rejects(client.listRecommendations({ userId: "", productIds }), {
    code: "INVALID_ARGUMENT",
    message: "product_ids has 10001 entries: expected at most 10000",
  });
  await assert.rejects(
    client.listRecommendations({ userId: "", productIds: ["a", "x".repeat(257)] }),
    {
      code: "INVALID_ARGUMENT",
      message: "product_ids[1] has 257 characters: expected at most 256",
    },
  );
});
