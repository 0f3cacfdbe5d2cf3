import assert from "node:assert/strict";
import { randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { poll } from "../poll.ts";
import { orderForm } from "../visitor.ts";

// host:port of Knative's public gateway, the storefront's Host, and Jaeger's query API.
const { KNATIVE_GATEWAY, KNATIVE_STOREFRONT, JAEGER_URL } = process.env;
const isSet = KNATIVE_GATEWAY && KNATIVE_STOREFRONT && JAEGER_URL;
const skip = isSet
  ? false
  : "set KNATIVE_GATEWAY, KNATIVE_STOREFRONT and JAEGER_URL to run it against a deployed shop";

// Who calls whom for a purchase, the activator between them left out. The frontend's quote comes
// with the cart page, which is not asked for here.
const edges = [
  "checkoutservice -> cartservice",
  "checkoutservice -> currencyservice",
  "checkoutservice -> emailservice-events",
  "checkoutservice -> paymentservice",
  "checkoutservice -> productcatalogservice",
  "checkoutservice -> shippingservice",
  "frontend -> adservice",
  "frontend -> cartservice",
  "frontend -> checkoutservice",
  "frontend -> currencyservice",
  "frontend -> productcatalogservice",
  "frontend -> recommendationservice",
  "recommendationservice -> productcatalogservice",
];

interface Span {
  spanID: string;
  operationName: string;
  service: string;
  parentId: string | undefined;
}

test("a purchase through the public gateway is one trace, the platform's spans included", {
  skip,
}, async () => {
  const traceId = randomBytes(16).toString("hex");
  const rootId = randomBytes(8).toString("hex");
  const send = prepareVisitor(traceId, rootId);
  assert.equal(
    (await send("POST", "/cart", { product_id: "OLJCESPC7Z", quantity: "2" })).status,
    302,
  );
  const order = await send("POST", "/cart/checkout", orderForm);
  assert.equal(order.status, 200);
  assert.match(order.body, /Thank you/);

  let seen: string[] = [];
  const spans = await poll(
    async () => {
      const found = await readTrace(traceId);
      seen = edgesOf(found);
      return edges.every((edge) => seen.includes(edge)) ? found : undefined;
    },
    () => `only ${seen.join(", ")}`,
    60_000,
  );
  assert.deepEqual(seen, edges);
  const ids = new Set(spans.map(({ spanID }) => spanID));
  const orphans = spans.filter(({ parentId = "" }) => parentId !== rootId && !ids.has(parentId));
  assert.deepEqual(orphans, []);
  for (const name of ["throttler_try", "kn.queueproxy.proxy"]) {
    assert.ok(
      spans.some(({ operationName }) => operationName === name),
      `no span ${name}`,
    );
  }
});

function prepareVisitor(traceId: string, rootId: string) {
  const cookie = `shop_session-id=${randomUUID()}; shop_currency=EUR`;
  return async (method: string, path: string, form: Record<string, string>) => {
    const sent = request(`http://${KNATIVE_GATEWAY}${path}`, {
      method,
      headers: {
        host: KNATIVE_STOREFRONT,
        cookie,
        "content-type": "application/x-www-form-urlencoded",
        // Both dialects, as a caller that knows of neither's reach would send them.
        traceparent: `00-${traceId}-${rootId}-01`,
        "x-b3-traceid": traceId,
        "x-b3-spanid": rootId,
        "x-b3-sampled": "1",
      },
    });
    sent.end(new URLSearchParams(form).toString());
    const [response]: IncomingMessage[] = await once(sent, "response");
    assert.ok(response);
    return { status: response.statusCode, body: await text(response) };
  };
}

async function readTrace(traceId: string): Promise<Span[]> {
  const response = await fetch(`${JAEGER_URL}/api/traces/${traceId}`);
  if (!response.ok) return [];
  const { data } = (await response.json()) as {
    data: {
      processes: Record<string, { serviceName: string }>;
      spans: {
        spanID: string;
        operationName: string;
        processID: string;
        references?: { spanID: string }[];
      }[];
    }[];
  };
  return data.flatMap(({ spans, processes }) =>
    spans.map(({ spanID, operationName, processID, references }) => ({
      spanID,
      operationName,
      service: processes[processID]?.serviceName ?? "",
      parentId: references?.[0]?.spanID,
    })),
  );
}

function edgesOf(spans: readonly Span[]): string[] {
  const byId = new Map(spans.map((span) => [span.spanID, span]));
  const callerOf = ({ parentId }: Span): string | undefined => {
    const parent = byId.get(parentId ?? "");
    return parent?.service === "activator" ? callerOf(parent) : parent?.service;
  };
  const found = new Set<string>();
  for (const span of spans) {
    const caller = callerOf(span);
    if (!caller || caller === span.service || span.service === "activator") continue;
    found.add(`${caller} -> ${span.service}`);
  }
  return [...found].sort();
}
