import assert from "node:assert/strict";
import { context, propagation, SpanKind, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import { AdServiceDefinition } from "#protos/hipstershop.ts";
import { createClient } from "#runtime/client.ts";
import { implement } from "#runtime/rpc.ts";
import { StatusError } from "#runtime/status.ts";
import { ShopPropagator } from "#runtime/telemetry/propagator.ts";
import { serveForTest } from "#runtime/testing.ts";
import { withSpan } from "#runtime/tracing.ts";

/**
 * The spans of a real request, as they are before any exporter has seen them: a page that calls a
 * function twice, which boots for the first call, asks its store each time, and refuses the second.
 */
export async function recordRequest(): Promise<ReadableSpan[]> {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ "service.name": "adservice", "service.version": "r1" }),
    spanProcessors: [new SimpleSpanProcessor({ exporter })],
  });
  // Before the runtime sets its own: the first one of a process stays.
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new ShopPropagator());
  const server = await serveForTest(
    { services: [implement(AdServiceDefinition, { getAds: readAds })] },
    "adservice",
  );
  const client = createClient(AdServiceDefinition, server.address);
  const page = { kind: SpanKind.SERVER, attributes: { "http.response.status_code": 200 } };
  await withSpan("GET /", page, async () => {
    await client.getAds({ contextKeys: ["clothing"] });
    await assert.rejects(client.getAds({ contextKeys: [] }), { code: "INVALID_ARGUMENT" });
  });
  client.close();
  // The boot is recorded after the answer: a drain waits for that.
  await server.drain();
  await provider.forceFlush();
  return exporter.getFinishedSpans();
}

function readAds({ contextKeys }: { contextKeys: string[] }): Promise<{ ads: [] }> {
  const store = { kind: SpanKind.CLIENT, attributes: { "db.system.name": "sqlite" } };
  return withSpan("SELECT ads", store, async (span) => {
    span.addEvent("rows were read");
    if (contextKeys.length === 0) throw new StatusError("INVALID_ARGUMENT", "no context");
    return { ads: [] };
  });
}

/** The same spans under another trace's id, so that one server can be sent them twice. */
export function underTrace(spans: readonly ReadableSpan[], traceId: string): ReadableSpan[] {
  return spans.map((span) => {
    const own = { ...span.spanContext(), traceId };
    const parent = span.parentSpanContext && { ...span.parentSpanContext, traceId };
    return Object.create(span, {
      spanContext: { value: () => own },
      parentSpanContext: { value: parent },
    }) as ReadableSpan;
  });
}
