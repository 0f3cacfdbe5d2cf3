import assert from "node:assert/strict";
import { test } from "node:test";
import { findCalls, measureEdges } from "./edges.ts";
import { createSpan } from "./fixtures/span.ts";

const onKnative = [
  createSpan("page", undefined),
  createSpan("call", "page", { kind: "client", durationUs: 15_000 }),
  createSpan("wait", "call", { service: "activator" }),
  createSpan("proxy", "wait", { service: "cartservice", durationUs: 4000 }),
  createSpan("served", "proxy", { service: "cartservice", durationUs: 3000 }),
  createSpan("lookup", "served", {
    service: "cartservice",
    kind: "client",
    durationUs: 500,
    remoteService: "redis",
  }),
  createSpan("failed", "page", {
    kind: "client",
    tags: { error: "UNAVAILABLE" },
    durationUs: 40_000,
  }),
  createSpan("served2", "failed", { service: "adservice" }),
];

test("an edge is the calls as the caller recorded them, without the activator between", () => {
  const calls = [...findCalls(onKnative), ...findCalls(onKnative)];
  assert.deepEqual(measureEdges(calls), [
    { from: "cartservice", to: "redis", count: 2, errorCount: 0, p50Ms: 0.5, p99Ms: 0.5 },
    { from: "frontend", to: "adservice", count: 2, errorCount: 2, p50Ms: 40, p99Ms: 40 },
    { from: "frontend", to: "cartservice", count: 2, errorCount: 0, p50Ms: 15, p99Ms: 15 },
  ]);
});

test("quantiles interpolate between the durations as the callers recorded them", () => {
  const calls = Array.from({ length: 100 }, (_, index) =>
    findCalls([
      createSpan("1", undefined, { kind: "client", durationUs: (index + 1) * 1000 }),
      createSpan("2", "1", { service: "adservice", durationUs: 1 }),
    ]),
  ).flat();
  const [edge] = measureEdges(calls);
  assert.deepEqual([edge?.p50Ms, edge?.p99Ms], [50.5, 99.01]);
});

test("a call that a kept response answered is no edge", () => {
  const spans = [
    createSpan("page", undefined),
    createSpan("kept", "page", { kind: "client", tags: { "rpc.cache.status": "hit" } }),
  ];
  assert.deepEqual(findCalls(spans), []);
});

test("a span below another span of the same service is not a call", () => {
  assert.deepEqual(findCalls([createSpan("1", undefined), createSpan("2", "1")]), []);
});

test("an event is a call from its publisher to its receiver, not to the broker", () => {
  const calls = findCalls([
    createSpan("1", undefined, {
      service: "checkoutservice",
      kind: "producer",
      remoteService: "broker",
    }),
    createSpan("2", "1", { service: "emailservice", kind: "consumer" }),
  ]);
  assert.deepEqual(
    calls.map(({ from, to, isFailed }) => [from, to, isFailed]),
    [["checkoutservice", "emailservice", false]],
  );
});

test("a call that failed on either side is a failed call", () => {
  const ofSides = (caller: object, served: object) =>
    findCalls([
      createSpan("1", undefined, { kind: "client", tags: { ...caller } }),
      createSpan("2", "1", { service: "adservice", tags: { ...served } }),
    ]).map((call) => call.isFailed);
  const error = { error: "UNAVAILABLE" };
  assert.deepEqual([ofSides({}, {}), ofSides(error, {}), ofSides({}, error)].flat(), [
    false,
    true,
    true,
  ]);
});
