import assert from "node:assert/strict";
import { test } from "node:test";
import { context, ROOT_CONTEXT, type Span, SpanStatusCode, trace } from "@opentelemetry/api";
import {
  createAlwaysRecordSampler,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import { TailSamplingProcessor } from "./tail-sampling.ts";
import { parseTailSampling } from "./tracing-config.ts";
import { createSampler } from "./tracing-sdk.ts";

function createTracing(text: string, ratio = 0) {
  const exporter = new InMemorySpanExporter();
  const policy = parseTailSampling(text);
  assert.ok(policy);
  const provider = new TracerProvider({
    sampler: createAlwaysRecordSampler(createSampler("parentbased_traceidratio", ratio)),
    spanProcessors: [new TailSamplingProcessor(new SimpleSpanProcessor({ exporter }), policy)],
  });
  const tracer = provider.getTracer("test");
  const names = () => exporter.getFinishedSpans().map(({ name }) => name);
  const startChild = (name: string, parent: Span) =>
    tracer.startSpan(name, {}, trace.setSpan(ROOT_CONTEXT, parent));
  return { tracer, startChild, names, provider };
}

test("exports all spans of a request that was not sampled if it was slow, failed or cold", () => {
  const { tracer, startChild, names } = createTracing("slow=1s,error,cold");
  for (const reason of ["fast", "slow", "failed", "cold"]) {
    const startTime = 1_000_000;
    const root = tracer.startSpan(reason, { startTime });
    startChild(`child of ${reason}`, root).end();
    if (reason === "failed") root.setStatus({ code: SpanStatusCode.ERROR });
    if (reason === "cold") root.setAttribute("faas.coldstart", true);
    root.end(startTime + (reason === "slow" ? 1000 : 10));
  }
  const kept = ["slow", "failed", "cold"].flatMap((reason) => [`child of ${reason}`, reason]);
  assert.deepEqual(names(), kept);
});

test("exports spans that end after an exported request", () => {
  const { tracer, startChild, names } = createTracing("cold");
  for (const reason of ["cold", "warm"]) {
    const root = tracer.startSpan(reason);
    root.setAttribute("faas.coldstart", reason === "cold");
    root.end();
    const boot = startChild(`boot of ${reason}`, root);
    startChild(`phase of ${reason}`, boot).end();
    boot.end();
  }
  assert.deepEqual(names(), ["cold", "phase of cold", "boot of cold"]);
});

test("exports a failed request that the caller did not sample", () => {
  const { tracer, names } = createTracing("error");
  const remote = trace.setSpanContext(ROOT_CONTEXT, {
    traceId: "0af7651916cd43dd8448eb211c80319c",
    spanId: "b7ad6b7169203331",
    traceFlags: 0,
    isRemote: true,
  });
  const served = tracer.startSpan("served", {}, remote);
  served.setStatus({ code: SpanStatusCode.ERROR });
  served.end();
  const fine = tracer.startSpan("fine", {}, remote);
  fine.end();
  assert.deepEqual(names(), ["served"]);
});

test("exports sampled spans at once", () => {
  const { tracer, names } = createTracing("error", 1);
  context.with(ROOT_CONTEXT, () => tracer.startSpan("taken").end());
  assert.deepEqual(names(), ["taken"]);
});

test("a policy is a list of slow=DURATION, error and cold", () => {
  assert.deepEqual(parseTailSampling("slow=1.5s, cold"), {
    slowMs: 1500,
    error: false,
    cold: true,
  });
  for (const text of ["fast", "slow", "slow=1", "error;cold", ""]) {
    assert.equal(parseTailSampling(text), undefined, text);
  }
});
