import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { localSource } from "#backends/local-platform.ts";
import { findCalls, measureEdges } from "#traces/edges.ts";
import { isCold, type TraceSpan } from "#traces/span.ts";
import { usedCalls, usedFunctions } from "./fixtures/call-graph.ts";
import { type LocalShop, startLocalShop } from "./fixtures/local-shop.ts";
import { poll } from "./fixtures/poll.ts";
import { Visitor } from "./fixtures/visitor.ts";

describe("one purchase", () => {
  let shop: LocalShop;
  before(async () => {
    // Each page makes all its calls.
    shop = await startLocalShop({ env: { RESPONSE_CACHE: "off" } });
  });
  after(() => shop.close());

  const spansOf = (traceId: string): Promise<TraceSpan[]> =>
    localSource(shop.platform.urls.console).readTrace(traceId);

  test("is one trace through all functions, and marks each cold start", async () => {
    const traceId = randomBytes(16).toString("hex");
    const rootId = randomBytes(8).toString("hex");
    const headers = { traceparent: `00-${traceId}-${rootId}-01` };
    const visitor = new Visitor(shop.platform.urls.storefront);
    const form = { product_id: "OLJCESPC7Z", quantity: "2" };
    assert.equal((await visitor.post("/cart", form, headers)).status, 302);
    assert.equal((await visitor.get("/cart", headers)).status, 200);
    const order = await visitor.order(headers);
    assert.equal(order.status, 200);

    let seen: TraceSpan[] = [];
    const spans = await poll(
      async () => {
        seen = await spansOf(traceId);
        return edgesOf(seen).length >= usedCalls.length ? seen : undefined;
      },
      () => `only ${edgesOf(seen).join(", ")}`,
    );
    assert.deepEqual(edgesOf(spans), usedCalls);
    const services = new Set(spans.map(({ service }) => service));
    assert.deepEqual([...services].sort(), usedFunctions);

    const ids = new Set(spans.map(({ id }) => id));
    const orphans = spans.filter(({ parentId }) => parentId !== rootId && !ids.has(parentId ?? ""));
    assert.deepEqual(orphans, []);

    const cold = spans.filter(isCold);
    assert.deepEqual(cold.map(({ service }) => service).sort(), usedFunctions);
    for (const { id, service } of cold) {
      const boot = spans.find(({ name, parentId }) => name === "faas.boot" && parentId === id);
      assert.ok(boot, `${service} has no boot span`);
    }
  });

  for (const [format, headersOf] of [
    ["traceparent", (trace: string, span: string) => ({ traceparent: `00-${trace}-${span}-01` })],
    ["B3 single", (trace: string, span: string) => ({ b3: `${trace}-${span}-1` })],
    [
      "B3 multi",
      (trace: string, span: string) => ({
        "x-b3-traceid": trace,
        "x-b3-spanid": span,
        "x-b3-sampled": "1",
      }),
    ],
  ] as const) {
    test(`continues a ${format} trace through all functions`, async () => {
      const traceId = randomBytes(16).toString("hex");
      const visitor = new Visitor(shop.platform.urls.storefront);
      const headers = headersOf(traceId, randomBytes(8).toString("hex"));
      assert.equal((await visitor.get("/product/OLJCESPC7Z", headers)).status, 200);
      let seen: string[] = [];
      await poll(
        async () => {
          seen = edgesOf(await spansOf(traceId));
          return seen.includes("recommendationservice -> productcatalogservice") || undefined;
        },
        () => seen.join(", "),
      );
    });
  }

  test("puts the trace id on every log line of the request", async () => {
    // The runtime's tests cover functions; here the page has to show the same id.
    const traceId = randomBytes(16).toString("hex");
    const headers = { traceparent: `00-${traceId}-${randomBytes(8).toString("hex")}-01` };
    const visitor = new Visitor(shop.platform.urls.storefront);
    const page = await visitor.get("/product/nothing", headers);
    assert.equal(page.status, 404);
    assert.match(await page.text(), new RegExp(traceId));
  });
});

/** The edges of the call graph. */
function edgesOf(spans: readonly TraceSpan[]): string[] {
  return measureEdges(findCalls(spans)).map(({ from, to }) => `${from} -> ${to}`);
}
