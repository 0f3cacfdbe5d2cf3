import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  defaultTextMapGetter,
  defaultTextMapSetter,
  ROOT_CONTEXT,
  TraceFlags,
  trace,
} from "@opentelemetry/api";
import { ShopPropagator } from "./propagator.ts";

const traceId = "0af7651916cd43dd8448eb211c80319c";
const spanId = "b7ad6b7169203331";
const otherTraceId = "80f198ee56343ba864fe8b2a57d3eff7";
const otherSpanId = "e457b5a2e4d86bd1";
const multi = { "x-b3-traceid": traceId, "x-b3-spanid": spanId, "x-b3-sampled": "1" };
const propagator = new ShopPropagator();

function extract(headers: Record<string, string>) {
  const context = propagator.extract(ROOT_CONTEXT, headers, defaultTextMapGetter);
  const span = trace.getSpanContext(context);
  return span && { traceId: span.traceId, spanId: span.spanId, sampled: span.traceFlags === 1 };
}

describe("extract", () => {
  for (const [format, headers] of [
    ["traceparent", { traceparent: `00-${traceId}-${spanId}-01` }],
    ["B3 multi", multi],
    ["B3 single", { b3: `${traceId}-${spanId}-1` }],
    ["B3 single with a parent", { b3: `${traceId}-${spanId}-1-05e3ac9a4f6e3b90` }],
    [
      "traceparent if B3 has an older parent in the same trace",
      {
        traceparent: `00-${traceId}-${spanId}-01`,
        b3: `${traceId}-${otherSpanId}-1`,
      },
    ],
    [
      "traceparent if B3 has half of the same trace's id",
      {
        traceparent: `00-${traceId}-${spanId}-01`,
        b3: `${traceId.slice(16)}-${otherSpanId}-1`,
      },
    ],
    [
      "B3 if the platform added a traceparent of another trace",
      { traceparent: `00-${otherTraceId}-${otherSpanId}-01`, ...multi },
    ],
    ["B3 if traceparent is malformed", { traceparent: "00-xyz", ...multi }],
  ] as const) {
    test(`continues a trace from ${format}`, () => {
      assert.deepEqual(extract(headers), { traceId, spanId, sampled: true });
    });
  }

  test("widens 64-bit B3 trace ids", () => {
    const headers = { b3: `a3ce929d0e0e4736-${spanId}-1` };
    assert.equal(extract(headers)?.traceId, "0000000000000000a3ce929d0e0e4736");
  });

  test("keeps the decision not to sample", () => {
    assert.equal(extract({ b3: `${traceId}-${spanId}-0` })?.sampled, false);
    assert.equal(extract({ traceparent: `00-${traceId}-${spanId}-00` })?.sampled, false);
  });

  test("has no parent without headers", () => {
    assert.equal(extract({}), undefined);
  });
});

test("inject writes B3 multi and traceparent", () => {
  const headers: Record<string, string> = {};
  const context = trace.setSpanContext(ROOT_CONTEXT, {
    traceId,
    spanId,
    traceFlags: TraceFlags.SAMPLED,
  });
  propagator.inject(context, headers, defaultTextMapSetter);
  assert.deepEqual(headers, { traceparent: `00-${traceId}-${spanId}-01`, ...multi });
});
