import * as fc from "fast-check";
import { anyEdits, anyText, applyEdits } from "../bytes.ts";
import { anyJsonEdits, applyJsonEdits } from "../json.ts";
import { defineTarget } from "../target.ts";
import { sendRequest } from "./requests.ts";

const span = {
  ...{ traceId: "0af7651916cd43dd8448eb211c80319c", id: "b7ad6b7169203331", kind: "SERVER" },
  ...{ parentId: "00f067aa0ba902b7", name: "GET /cart", timestamp: 1_770_000_000_000_000 },
  ...{ duration: 1500, debug: true, shared: false, tags: { "http.method": "GET" } },
  localEndpoint: { serviceName: "frontend", ipv4: "127.0.0.1", port: 8080 },
  remoteEndpoint: { serviceName: "cartservice", ipv6: "::1" },
  annotations: [{ timestamp: 1_770_000_000_000_001, value: "boot" }],
};

/** Spans in Zipkin's JSON to the collector, right and wrong, and queries. */
export const spansTarget = defineTarget({
  name: "spans",
  weight: 8,
  input: fc.record({
    edits: anyJsonEdits,
    traceId: fc.oneof(
      fc.constant(span.traceId),
      fc.bigInt({ min: 1n, max: 2n ** 64n }).map((id) => id.toString(16)),
    ),
    text: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, anyEdits),
    query: fc.option(
      fc.tuple(
        fc.constantFrom("traces", "services", "spans", "dependencies", "trace/1", "traceMany"),
        fc.constantFrom(
          "serviceName",
          "lookback",
          "endTs",
          "limit",
          "minDuration",
          "annotationQuery",
          "traceIds",
        ),
        anyText,
      ),
      { nil: undefined, freq: 8 },
    ),
  }),
  send: ({ edits, traceId, text, query }, shop) => {
    if (query) {
      const [name, parameter, value] = query;
      const path = `/api/v2/${name}?${parameter}=${encodeURIComponent(value.toWellFormed())}`;
      return sendRequest(shop, "console", { method: "GET", path, headers: [], body: "" });
    }
    const json = JSON.stringify(applyJsonEdits([{ ...span, traceId }, span], edits)) ?? "";
    return sendRequest(shop, "console", {
      ...{ method: "POST", path: "/api/v2/spans", body: applyEdits(json, text) },
      headers: [["content-type", "application/json"]],
    });
  },
});
