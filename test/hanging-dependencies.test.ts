import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import type { ZipkinSpan } from "#runtime/fixtures/span-collector.ts";
import { type LocalShop, startLocalShop } from "./fixtures/local-shop.ts";
import { Visitor } from "./fixtures/visitor.ts";

const product = "/product/6E92ZMYYFZ";
const suggestions = /You may also like/;

interface Hang {
  readonly name: string;
  readonly method: string;
  /** The pages that do not need the function. */
  readonly pages: readonly string[];
  /** What the product's page has only if the function answers. */
  readonly part: RegExp;
}

const hangs: readonly Hang[] = [
  {
    name: "recommendationservice",
    method: "RecommendationService/ListRecommendations",
    pages: ["/", product, "/cart"],
    part: suggestions,
  },
  {
    name: "adservice",
    method: "AdService/GetAds",
    pages: ["/", product, "/cart"],
    part: /class="ad"/,
  },
  {
    name: "currencyservice",
    method: "CurrencyService/GetSupportedCurrencies",
    pages: ["/", product, "/cart"],
    part: /<option value="JPY">/,
  },
  {
    name: "cartservice",
    method: "CartService/GetCart",
    pages: ["/", product],
    part: /<span class="badge">1</,
  },
];

describe("while a dependency hangs, pages are served without its part, and at most three wait for it:", () => {
  for (const hang of hangs) {
    test(hang.method, async (t) => {
      // A kept response would hide that a function hangs, and a conversion returns the currencies too.
      const shop = await startLocalShop({ env: { RESPONSE_CACHE: "off" } });
      t.after(() => shop.close());
      const visitor = new Visitor(shop.platform.urls.storefront);
      visitor.currency = "USD";
      await visitor.post("/cart", { product_id: "6E92ZMYYFZ", quantity: "1" });
      // The first pages wait for cold starts.
      await browse(visitor, hang.pages, 3);
      const normal = await browse(visitor, hang.pages, 10);
      const isWhole = async () => assert.ok(hang.part.test((await load(visitor, product)).page));
      await t.waitFor(isWhole, { timeout: 20_000, interval: 100 });

      await setFaults(shop, hang.name, `${hang.method}:hang`);
      const startMs = Date.now();
      const all = await browse(visitor, hang.pages, 10);
      const count = () => countCalls(shop, hang.method, startMs);
      const isRefused = async () => assert.ok((await count()).refused > 0);
      await t.waitFor(isRefused, { timeout: 10_000 });
      const { waited } = await count();
      assert.ok(waited >= 1 && waited <= 3, `${waited} pages waited`);
      assert.ok(!hang.part.test((await load(visitor, product)).page));
      report(t, normal, all);

      await setFaults(shop, hang.name, "");
      await t.waitFor(isWhole, { timeout: 20_000, interval: 100 });
    });
  }
});

test("a cold start that takes longer than pages wait does not open a circuit breaker", async (t) => {
  const recommendationservice = join(import.meta.dirname, "fixtures", "slow-recommendations.ts");
  const shop = await startLocalShop({ programs: { recommendationservice } });
  t.after(() => shop.close());
  const visitors = Array.from({ length: 10 }, () => new Visitor(shop.platform.urls.storefront));
  const browseAll = () => Promise.all(visitors.map((visitor) => load(visitor, product)));
  // All give up after five seconds, at the same time.
  for (const { page } of await browseAll()) assert.ok(!suggestions.test(page));
  // These wait for the same cold start again: none is refused.
  for (const { page, ms } of await browseAll()) assert.ok(suggestions.test(page) || ms > 1000);
  await t.waitFor(
    async () => assert.ok((await browseAll()).every(({ page }) => suggestions.test(page))),
    { timeout: 20_000 },
  );
  assert.equal(shop.platform.function("recommendationservice").snapshot().starts, 1);
});

async function setFaults(shop: LocalShop, name: string, faults: string): Promise<void> {
  const response = await fetch(`${shop.platform.urls.console}/api/faults/${name}`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ faults }),
  });
  assert.equal(response.status, 200, await response.text());
}

async function load(visitor: Visitor, path: string) {
  const startMs = performance.now();
  const response = await visitor.get(path);
  const page = await response.text();
  assert.equal(response.status, 200, `${path}: ${page}`);
  return { page, ms: performance.now() - startMs };
}

/** Loads the pages in turns; returns the duration of each in milliseconds. */
async function browse(visitor: Visitor, pages: readonly string[], rounds: number) {
  const durations: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const path of pages) durations.push((await load(visitor, path)).ms);
  }
  return durations;
}

/** Counts the storefront's calls of a method that the circuit breaker refused, and those that timed out. */
async function countCalls(shop: LocalShop, method: string, startMs: number) {
  const query = new URLSearchParams({ serviceName: "frontend", limit: "1000" });
  const response = await fetch(`${shop.platform.urls.console}/api/v2/traces?${query}`);
  const spans = ((await response.json()) as ZipkinSpan[][]).flat();
  const calls = spans.filter(
    ({ name, kind, timestamp, localEndpoint }) =>
      timestamp >= startMs * 1000 &&
      name.toLowerCase() === `hipstershop.${method}`.toLowerCase() &&
      kind === "CLIENT" &&
      localEndpoint.serviceName === "frontend",
  );
  const states = calls.map(({ tags }) => tags["circuit_breaker.state"] ?? tags["rpc.status_code"]);
  return {
    refused: states.filter((state) => state === "open").length,
    waited: states.filter((state) => state === "DEADLINE_EXCEEDED").length,
  };
}

function report(t: TestContext, normal: number[], hanging: number[]): void {
  const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1];
  const open = hanging.slice(hanging.length / 2);
  const [before, after] = [median(normal), median(open)].map((ms) => `${ms?.toFixed(1)} ms`);
  const slow = hanging.filter((ms) => ms >= 300).map((ms) => `${Math.round(ms)} ms`);
  t.diagnostic(
    `p50 ${before} before, ${after} while open (n=${open.length}); slow pages: ${slow.join(", ")}`,
  );
}
