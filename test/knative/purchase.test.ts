import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { jaegerSource } from "#backends/jaeger.ts";
import { findCalls, measureEdges } from "#traces/edges.ts";
import { isCold, type TraceSpan } from "#traces/span.ts";
import { usedCalls } from "../fixtures/call-graph.ts";
import { poll } from "../fixtures/poll.ts";
import { cluster, GatewayVisitor, skip, waitForZero } from "./fixtures/cluster.ts";

const jaeger = jaegerSource(cluster.jaegerUrl);

// The edges of the call graph in a purchase, without the activator. The frontend requests a quote for the
// cart page, which is not requested here.
const edges = usedCalls
  .filter((edge) => edge !== "frontend -> shippingservice")
  .map((edge) => (edge.endsWith(" -> emailservice") ? `${edge}-events` : edge));

// All functions take part in a purchase, and the second Service of the email service's image.
const functions = [...new Set(edges.flatMap((edge) => edge.split(" -> ")))].sort();

test("a purchase from zero is one trace, the platform's spans included", { skip }, async () => {
  await waitForZero();
  const traceId = randomBytes(16).toString("hex");
  const rootId = randomBytes(8).toString("hex");
  // Both formats, because a caller may not know which one the platform propagates.
  const headers = { ...w3c(traceId, rootId), ...b3Multi(traceId, rootId) };
  const visitor = new GatewayVisitor();
  const added = await visitor.post("/cart", { product_id: "OLJCESPC7Z", quantity: "2" }, headers);
  assert.equal(added.status, 302);
  const order = await visitor.order(headers);
  assert.equal(order.status, 200);
  assert.match(order.body, /Thank you/);

  let seen: string[] = [];
  const spans = await poll(
    async () => {
      const found = await jaeger.readTrace(traceId);
      seen = edgesOf(found);
      return edges.every((edge) => seen.includes(edge)) ? found : undefined;
    },
    () => `only ${seen.join(", ")}`,
    60_000,
  );
  assert.deepEqual(seen, edges);
  const ids = new Set(spans.map(({ id }) => id));
  const orphans = spans.filter(({ parentId = "" }) => parentId !== rootId && !ids.has(parentId));
  assert.deepEqual(orphans, []);
  for (const name of ["throttler_try", "kn.queueproxy.proxy"]) {
    assert.ok(
      spans.some((span) => span.name === name),
      `no span ${name}`,
    );
  }
  const named = (pattern: RegExp) => spans.filter(({ name }) => pattern.test(name));
  const cold = spans.filter(isCold);
  assert.deepEqual([...new Set(cold.map(({ service }) => service))].sort(), functions);
  const booted = new Set(named(/^faas\.boot\.modules$/).map(({ service }) => service));
  assert.deepEqual([...booted].sort(), functions);
  const redis = spans.filter(({ tags }) => tags["db.system.name"] === "redis");
  const callers = new Set(redis.map(({ service }) => service));
  assert.ok(callers.has("cartservice") && callers.has("emailservice-events"), [...callers].join());
});

// Knative 1.19 and later do not read B3: their spans before the frontend are in a separate trace, and
// those after it in the caller's.
for (const [dialect, headersOf] of [
  ["traceparent", w3c],
  ["B3 in several headers", b3Multi],
  ["B3 in one header", b3Single],
  [
    "both traceparent and B3 in one header",
    (traceId: string, spanId: string) => ({
      ...w3c(traceId, spanId),
      ...b3Single(traceId, spanId),
    }),
  ],
] as const) {
  test(`a caller's ${dialect} trace is continued`, { skip }, async () => {
    const traceId = randomBytes(16).toString("hex");
    const rootId = randomBytes(8).toString("hex");
    const page = await new GatewayVisitor().get("/", headersOf(traceId, rootId));
    assert.equal(page.status, 200);
    await poll(
      async () => {
        const spans = await jaeger.readTrace(traceId);
        const served = spans.find(
          ({ service, name }) => service === "frontend" && name === "GET /",
        );
        const isCallers = served !== undefined && rootOf(served, spans) === rootId;
        // Each page reads the cart; the catalog may be one that the storefront has kept.
        const called = edgesOf(spans).includes("frontend -> cartservice");
        return isCallers && called ? true : undefined;
      },
      () => "no page under its caller's span",
      30_000,
    );
  });
}

function w3c(traceId: string, spanId: string): Record<string, string> {
  return { traceparent: `00-${traceId}-${spanId}-01` };
}

function b3Multi(traceId: string, spanId: string): Record<string, string> {
  return { "x-b3-traceid": traceId, "x-b3-spanid": spanId, "x-b3-sampled": "1" };
}

function b3Single(traceId: string, spanId: string): Record<string, string> {
  return { b3: `${traceId}-${spanId}-1` };
}

// The id of a span's topmost ancestor, which is not in the trace.
function rootOf(span: TraceSpan, spans: readonly TraceSpan[]): string | undefined {
  const byId = new Map(spans.map((each) => [each.id, each]));
  let { parentId } = span;
  for (let each = byId.get(parentId ?? ""); each; each = byId.get(parentId ?? "")) {
    ({ parentId } = each);
  }
  return parentId;
}

function edgesOf(spans: readonly TraceSpan[]): string[] {
  return measureEdges(findCalls(spans)).map(({ from, to }) => `${from} -> ${to}`);
}
