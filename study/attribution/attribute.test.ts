import assert from "node:assert/strict";
import { test } from "node:test";
import type { TraceSpan } from "#traces/span.ts";
import type { InstanceRecord } from "../records/sample-record.ts";
import { coveredMs } from "./attribute-call.ts";
import { attributeStep, findBoots, readTrace } from "./attribute-step.ts";
import { coldSpans, internal, originMs, span, coldStep as step } from "./fixtures/spans.ts";

function instance(changes: Partial<InstanceRecord> = {}): InstanceRecord {
  return {
    function: "frontend",
    id: "frontend-1",
    address: "10.0.0.1",
    createdAtMs: originMs + 200,
    scheduledAtMs: originMs + 210,
    sandboxAtMs: originMs + 500,
    startedAtMs: originMs + 620,
    readyAtMs: originMs + 1100,
    goneAtMs: null,
    ...changes,
  };
}

function attribute(spans: readonly TraceSpan[], instances: readonly InstanceRecord[], sent = step) {
  const traced = readTrace(sent, spans);
  const context = { platform: "knative", instances, boots: findBoots([traced]) } as const;
  return attributeStep(traced, context);
}

function sumOf(phases: Readonly<Record<string, number>> | undefined): number {
  return Object.values(phases ?? {}).reduce((sum, durationMs) => sum + durationMs, 0);
}

test("a cold call's time is divided among platform, boot, handler and dependencies, without a rest", () => {
  const found = attribute(coldSpans(), [instance()]);
  assert.deepEqual(found?.phases, {
    gateway: 12,
    scaling: 188,
    scheduling: 10,
    sandbox: 290,
    container: 100,
    node: 40,
    modules: 100,
    listen: 20,
    telemetry: 60,
    probe: 180,
    forward: 10,
    // From 1100 to 1700 one dependency or the other is waited for.
    dependencies: 600,
    handler: 370,
    reply: 20,
  });
  assert.equal(sumOf(found.phases), 2000);
  assert.deepEqual(found.functions, { frontend: "cold", cartservice: "warm", adservice: "warm" });
  assert.equal(found.clockSkewMs, 0);
});

test("without a watched pod the platform's part is unexplained, and the sum is still the latency", () => {
  const found = attribute(coldSpans(), []);
  assert.equal(found?.phases.unexplained, 768);
  assert.equal(found.phases.scaling, undefined);
  assert.equal(sumOf(found.phases), 2000);
});

test("work of a pod before the call took none of the call's time", () => {
  const early = instance({ createdAtMs: originMs - 300, scheduledAtMs: originMs - 290 });
  const found = attribute(coldSpans(), [early]);
  assert.ok(found);
  assert.equal(found.phases.scaling, undefined);
  assert.equal(found.phases.sandbox, 488);
  assert.equal(sumOf(found.phases), 2000);
});

test("the kubelet status delay is distinguished from the probe", () => {
  const found = attribute(coldSpans(), [instance({ startedAtMs: originMs + 970 })]);
  assert.equal(found?.phases["kubelet status delay"], 150);
  assert.equal(found.phases.probe, 30);
  assert.equal(found.phases.container, 100);
  const unseen = attribute(coldSpans(), [instance({ startedAtMs: null })]);
  assert.equal(unseen?.phases.unexplained, 180);
});

test("a moment that was observed late is bounded by later moments", () => {
  const found = attribute(coldSpans(), [instance({ sandboxAtMs: originMs + 900 })]);
  assert.equal(found?.phases.sandbox, 390);
  assert.equal(found.phases.container, undefined);
  assert.equal(found.phases.node, 40);
});

test("a warm call has no start", () => {
  const spans = coldSpans()
    .filter(({ name }) => !name.startsWith("faas.boot"))
    .map((each) => (each.name === "throttler_try" ? { ...each, durationUs: 50 } : each));
  const ready = instance({ readyAtMs: originMs - 5000, createdAtMs: originMs - 9000 });
  const found = attribute(spans, [ready]);
  assert.deepEqual(Object.keys(found?.phases ?? {}), [
    "gateway",
    "forward",
    "dependencies",
    "handler",
    "reply",
  ]);
  assert.equal(found?.functions.frontend, "warm");
});

test("the smallest server has no spans: queue-proxy's span is used", () => {
  const spans = coldSpans().filter(({ id }) => /^[aq]/.test(id));
  const found = attribute(spans, [instance()]);
  assert.equal(found?.phases.container, 120);
  assert.equal(found.phases.probe, 380);
  assert.equal(found.phases.handler, 985);
  assert.equal(sumOf(found.phases), 2000);
});

test("a difference between clocks is reported", () => {
  const found = attribute(coldSpans(), [], { ...step, intendedAtMs: originMs + 25 });
  assert.equal(found?.clockSkewMs, 15);
});

test("a function that a caller met cold is attributed from its caller's wait", () => {
  const spans = [
    ...coldSpans(),
    span("d0", "s1", { service: "cartservice", name: "faas.boot", kind: internal }, [1120, 1190]),
    span(
      "d1",
      "d0",
      { service: "cartservice", name: "faas.boot.node", kind: internal },
      [1120, 1150],
    ),
    span(
      "d2",
      "d0",
      { service: "cartservice", name: "faas.boot.modules", kind: internal },
      [1150, 1190],
    ),
  ];
  const traced = readTrace(step, spans);
  const context = { platform: "local", instances: [], boots: findBoots([traced]) } as const;
  const cart = attributeStep(traced, context)?.coldStarts.find(
    (each) => each.function === "cartservice",
  );
  assert.equal(cart?.waitMs, 400);
  assert.equal(cart.phases.node, 30);
  assert.equal(cart.phases.modules, 40);
  assert.equal(sumOf(cart.phases), 400);
});

test("a start that another call caused is a cold start too", () => {
  const spans = coldSpans().filter(({ name }) => !name.startsWith("faas.boot"));
  assert.equal(attribute(spans, [instance()])?.functions.frontend, "cold");
});

test("a boot that ended before the call is not the call's cold start", () => {
  const early = coldSpans().map((each) =>
    each.name.startsWith("faas.boot") ? { ...each, startUs: each.startUs - 5_000_000 } : each,
  );
  const warm = instance({ createdAtMs: originMs - 5000, readyAtMs: originMs - 4000 });
  assert.equal(attribute(early, [warm])?.functions.frontend, "warm");
});

test("sending an event is a wait, not the handler's own work", () => {
  const before = attribute(coldSpans(), [instance()])?.phases;
  const event = { service: "frontend", name: "send", kind: "producer" } as const;
  const spans = [...coldSpans(), span("p1", "f1", event, [1750, 1800])];
  const after = attribute(spans, [instance()])?.phases;
  assert.equal(after?.dependencies, Number(before?.dependencies) + 50);
  assert.equal(after?.handler, Number(before?.handler) - 50);
});

test("the receiver of an event is waited for if the broker delivers before it accepts", () => {
  const event = { service: "frontend", name: "send", kind: "producer" } as const;
  const receiver = { service: "emailservice-events", name: "POST /", kind: "server" } as const;
  const receive = (...sent: [number, number]) => [
    ...coldSpans(),
    span("p1", "f1", event, sent),
    span("e1", "p1", receiver, [1200, 1500]),
  ];
  const { functions: early } = attribute(receive(1150, 1190), [instance()]) ?? {};
  assert.deepEqual(early, { frontend: "cold", cartservice: "warm", adservice: "warm" });
  const { functions: late } = attribute(receive(1150, 1600), [instance()]) ?? {};
  assert.equal(late?.["emailservice-events"], "warm");
});

test("a trace without a function has no attribution", () => {
  assert.equal(attribute([], []), undefined);
});

test("overlapping intervals are counted once, and only within the bounds", () => {
  const parts = [
    { startMs: 0, endMs: 10 },
    { startMs: 5, endMs: 20 },
    { startMs: 30, endMs: 60 },
  ];
  assert.equal(coveredMs(parts, { startMs: 2, endMs: 40 }), 28);
});
