import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { describe, type TestContext, test } from "node:test";
import { localSource } from "#backends/local-platform.ts";
import { findCalls } from "#traces/edges.ts";
import type { TraceSpan } from "#traces/span.ts";
import { type LocalShop, startLocalShop } from "./fixtures/local-shop.ts";
import { poll } from "./fixtures/poll.ts";
import { Visitor } from "./fixtures/visitor.ts";

const product = "/product/6E92ZMYYFZ";

async function openShop(t: TestContext, env: Record<string, string> = {}) {
  const shop = await startLocalShop({ env });
  t.after(() => shop.close());
  return shop;
}

/** Loads a page, and reads its trace once the storefront's span of it has arrived. */
async function load(shop: LocalShop, visitor: Visitor, path: string) {
  const traceId = randomBytes(16).toString("hex");
  const traceparent = `00-${traceId}-${randomBytes(8).toString("hex")}-01`;
  const response = await visitor.get(path, { traceparent });
  const page = await response.text();
  assert.equal(response.status, 200, page);
  const source = localSource(shop.platform.urls.console);
  const spans = await poll(
    async () => {
      const found = await source.readTrace(traceId);
      return found.some(({ name }) => name.startsWith("GET ")) ? found : undefined;
    },
    () => `no span of ${path}`,
  );
  return { page, spans };
}

/** The storefront's client spans, which it sends with that of the page. */
function callsIn(spans: readonly TraceSpan[]): string[] {
  return spans
    .filter(({ kind, service }) => kind === "client" && service === "frontend")
    .map(({ name, tags }) => `${name.split(".").at(-1)} ${tags["rpc.cache.status"] ?? "made"}`)
    .sort();
}

describe("kept responses on the local platform", () => {
  test("are marked spans without a call, and no page shows another visitor's cart", async (t) => {
    const shop = await openShop(t);
    const visitor = new Visitor(shop.platform.urls.storefront);
    await visitor.post("/cart", { product_id: "6E92ZMYYFZ", quantity: "3" });
    await load(shop, visitor, product);
    // On a slow machine a response is stale by then, and requested again.
    const { page, spans } = await poll(
      async () => {
        const loaded = await load(shop, visitor, product);
        return callsIn(loaded.spans).join().includes("stale") ? undefined : loaded;
      },
      () => "all responses were stale",
    );
    assert.deepEqual(callsIn(spans), [
      "AdService/GetAds hit",
      "CartService/GetCart made",
      "CurrencyService/ConvertBatch hit",
      "ProductCatalogService/ListProducts hit",
      "RecommendationService/ListRecommendations made",
    ]);
    const called = findCalls(spans).map(({ to }) => to);
    for (const name of ["productcatalogservice", "currencyservice", "adservice"]) {
      assert.ok(!called.includes(name), name);
    }
    assert.match(page, /<span class="badge">3</);
    await load(shop, visitor, "/cart");
    const quoted = await poll(
      async () => {
        const calls = callsIn((await load(shop, visitor, "/cart")).spans);
        return calls.join().includes("stale") ? undefined : calls;
      },
      () => "all responses were stale",
    );
    assert.deepEqual(quoted, [
      "CartService/GetCart made",
      "CurrencyService/ConvertBatch hit",
      "ProductCatalogService/ListProducts hit",
      "RecommendationService/ListRecommendations made",
      "ShippingService/GetQuote hit",
    ]);
    const other = await load(shop, new Visitor(shop.platform.urls.storefront), product);
    assert.match(other.page, /<span class="badge">0</);
  });

  test("do not start a function that is at zero, and pages are complete without it", async (t) => {
    const shop = await openShop(t);
    const visitor = new Visitor(shop.platform.urls.storefront);
    await load(shop, visitor, "/");
    await load(shop, visitor, "/");
    const catalog = shop.platform.function("productcatalogservice");
    const { pid, starts } = catalog.snapshot();
    assert.ok(pid);
    process.kill(pid, "SIGTERM");
    await poll(
      async () => catalog.snapshot().pid === null || undefined,
      () => "the catalog still runs",
    );
    const { page, spans } = await load(shop, visitor, "/");
    assert.equal(page.match(/<li class="card">/g)?.length, 9);
    assert.ok(callsIn(spans).includes("ProductCatalogService/ListProducts hit"));
    assert.equal(catalog.snapshot().starts, starts);
  });

  test("are not used with RESPONSE_CACHE=off", async (t) => {
    const shop = await openShop(t, { RESPONSE_CACHE: "off" });
    const visitor = new Visitor(shop.platform.urls.storefront);
    await load(shop, visitor, product);
    const { spans } = await load(shop, visitor, product);
    assert.deepEqual(callsIn(spans), [
      "AdService/GetAds made",
      "CartService/GetCart made",
      "CurrencyService/ConvertBatch made",
      "ProductCatalogService/ListProducts made",
      "RecommendationService/ListRecommendations made",
    ]);
  });
});
