import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Attributes,
  type Link,
  ROOT_CONTEXT,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import { ExportResultCode } from "@opentelemetry/core";
import { type ReadableSpan, type SpanExporter, TracerProvider } from "@opentelemetry/sdk-trace";
import { createBatches } from "./span-batches.ts";

const ids = {
  traceId: "0af7651916cd43dd8448eb211c80319c",
  spanId: "b7ad6b7169203331",
  traceFlags: 1,
};
const link: Link = { context: { ...ids, traceFlags: 0 }, attributes: { why: "test" } };

// What an exporter can read, by the interface ReadableSpan.
function read(span: ReadableSpan) {
  const { name, kind, parentSpanContext, attributes, status, events, links, ended } = span;
  const { startTime, endTime, duration, resource, instrumentationScope } = span;
  const { droppedAttributesCount, droppedEventsCount, droppedLinksCount } = span;
  return {
    ...{ name, kind, parentSpanContext, attributes, status, events, links, ended },
    ...{ startTime, endTime, duration, resource, instrumentationScope },
    ...{ droppedAttributesCount, droppedEventsCount, droppedLinksCount },
    context: span.spanContext(),
  };
}

test("an exporter gets what the SDK's spans have", async () => {
  const ended: ReadableSpan[] = [];
  const exported: ReadableSpan[] = [];
  const exporter: SpanExporter = {
    export: (spans, done) => {
      exported.push(...spans);
      done({ code: ExportResultCode.SUCCESS });
    },
    shutdown: async () => {},
  };
  const observer = {
    onStart: () => {},
    onEnd: (span: ReadableSpan) => void ended.push(span),
    forceFlush: async () => {},
    shutdown: async () => {},
  };
  const provider = new TracerProvider({
    spanProcessors: [observer, createBatches(exporter)],
    spanLimits: { attributeCountLimit: 3, eventCountLimit: 2, linkCountLimit: 1 },
  });
  const tracer = provider.getTracer("test", "1.0");
  const parent = trace.setSpanContext(ROOT_CONTEXT, { ...ids, isRemote: true });
  const attributes: Attributes = { first: 1, second: true, third: ["x"] };
  tracer.startSpan("plain").end();
  const full = tracer.startSpan("full", { kind: 2, attributes, links: [link, link] }, parent);
  full.setAttribute("fourth", "dropped").setStatus({ code: SpanStatusCode.ERROR, message: "no" });
  for (const event of ["a", "b", "c"]) full.addEvent(event, { at: event });
  full.end();
  const start = 1_700_000_000_123.5;
  tracer.startSpan("long", { startTime: start }, parent).end(start + 61_999.75);
  await provider.forceFlush();
  assert.deepEqual(exported.map(read), ended.map(read));
  assert.deepEqual(
    exported.map(({ name }) => name),
    ["plain", "full", "long"],
  );
  const [, second] = exported;
  assert.deepEqual(
    [second?.droppedAttributesCount, second?.droppedEventsCount, second?.droppedLinksCount],
    [1, 1, 1],
  );
});
