import assert from "node:assert/strict";
import { test } from "node:test";
import { context, ROOT_CONTEXT, type Span, SpanStatusCode, trace } from "@opentelemetry/api";
import {
  createAlwaysRecordSampler,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import { createSampler } from "./sampling.ts";
import { parseKeepRule } from "./tail-sampling.ts";
import { KeepProcessor } from "./tail-sampling-processor.ts";

function createTracing(rule: string, ratio = 0) {
  const exporter = new InMemorySpanExporter();
  const keep = parseKeepRule(rule);
  assert.ok(keep);
  const provider = new TracerProvider({
    sampler: createAlwaysRecordSampler(createSampler("parentbased_traceidratio", ratio)),
    spanProcessors: [new KeepProcessor(new SimpleSpanProcessor({ exporter }), keep)],
  });
  const tracer = provider.getTracer("test");
  const names = () => exporter.getFinishedSpans().map(({ name }) => name);
  const startChild = (name: string, parent: Span) =>
    tracer.startSpan(name, {}, trace.setSpan(ROOT_CONTEXT, parent));
  return { tracer, startChild, names, provider };
}

test("what the sampler left out is kept whole when it was slow, failed or cold", () => {
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

test("spans that end after their request are kept with it", () => {
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

test("a request from elsewhere that was left out there is judged here too", () => {
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

test("what the sampler takes passes at once", () => {
  const { tracer, names } = createTracing("error", 1);
  context.with(ROOT_CONTEXT, () => tracer.startSpan("taken").end());
  assert.deepEqual(names(), ["taken"]);
});

test("a rule is a list of known reasons", () => {
  assert.deepEqual(parseKeepRule("slow=1.5s, cold"), { slowMs: 1500, error: false, cold: true });
  for (const text of ["fast", "slow", "slow=1", "error;cold", ""]) {
    assert.equal(parseKeepRule(text), undefined, text);
  }
});
