import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSpans } from "#traces/parse-zipkin.ts";
import type { ZipkinSpan } from "#traces/zipkin.ts";
import { type ApiAnswer, answerZipkin } from "./api.ts";
import { TraceStore } from "./store.ts";

const nowMs = 1_800_000_000_000;

function span(traceId: string, id: string, service: string, more: Partial<ZipkinSpan> = {}) {
  const timestamp = nowMs * 1000 - 5_000_000;
  return {
    traceId,
    id,
    localEndpoint: { serviceName: service },
    timestamp,
    duration: 1000,
    ...more,
  };
}

function storeOf(...spans: object[]): TraceStore {
  const store = new TraceStore();
  store.add(parseSpans(JSON.stringify(spans)));
  return store;
}

function get(store: TraceStore, target: string) {
  const url = new URL(target, "http://zipkin");
  return answerZipkin(store, url.pathname, url.searchParams, nowMs);
}

function countOf(answer: ApiAnswer | undefined): number {
  return Array.isArray(answer?.body) ? answer.body.length : Number.NaN;
}

const call = [
  span("a", "1", "frontend", { name: "get /cart", kind: "SERVER", duration: 9000 }),
  span("a", "2", "frontend", { parentId: "1", kind: "CLIENT" }),
  span("a", "3", "cartservice", { parentId: "2", kind: "SERVER", tags: { error: "UNAVAILABLE" } }),
  span("a", "4", "cartservice", {
    parentId: "3",
    kind: "CLIENT",
    remoteEndpoint: { serviceName: "redis" },
  }),
];

test("services, spans and traces are found by what Zipkin's API asks for", () => {
  const store = storeOf(...call, span("b", "1", "adservice", { name: "ads" }));
  assert.deepEqual(get(store, "/services")?.body, ["adservice", "cartservice", "frontend"]);
  assert.deepEqual(get(store, "/spans?serviceName=frontend")?.body, ["get /cart"]);
  assert.deepEqual(get(store, "/remoteServices?serviceName=cartservice")?.body, ["redis"]);
  const found: readonly [query: string, traces: number][] = [
    ["", 2],
    ["?limit=1", 1],
    ["?serviceName=cartservice", 1],
    ["?serviceName=CartService", 1],
    ["?spanName=ads", 1],
    ["?minDuration=5000", 1],
    ["?maxDuration=5000", 1],
    ["?annotationQuery=error", 1],
    ["?annotationQuery=error%3DUNAVAILABLE%20and%20missing", 0],
    ["?lookback=1000", 0],
    [`?endTs=${nowMs - 4000}&lookback=3600000`, 2],
    [`?endTs=${nowMs - 6000}`, 0],
  ];
  for (const [query, traces] of found) {
    assert.equal(countOf(get(store, `/traces${query}`)), traces, query);
  }
  assert.equal(countOf(get(store, "/traceMany?traceIds=a,b,c")), 2);
});

test("a trace is found by its id with or without leading zeros, another one is 404", () => {
  const store = storeOf(...call);
  assert.equal(countOf(get(store, "/trace/a")), 4);
  assert.equal(get(store, `/trace/${"a".padStart(16, "0")}`)?.status, 200);
  assert.equal(get(store, "/trace/b")?.status, 404);
  assert.equal(get(store, "/trace/xyz")?.status, 400);
  assert.equal(get(store, "/nothing"), undefined);
});

test("queries that make no sense are told so", () => {
  const store = storeOf();
  for (const target of [
    "/spans",
    "/dependencies?endTs=now",
    "/traces?limit=x",
    "/traceMany",
    "/traceMany?traceIds=q",
  ]) {
    const answer = get(store, target);
    assert.equal(answer?.status, 400, target);
    assert.equal(typeof answer?.body, "string");
  }
});

test("dependencies count calls between services and to those that send no spans", () => {
  const expected = [
    { parent: "frontend", child: "cartservice", callCount: 1, errorCount: 1 },
    { parent: "cartservice", child: "redis", callCount: 1 },
  ];
  for (const target of [`/dependencies?endTs=${nowMs}`, "/dependencies"]) {
    assert.deepEqual(get(storeOf(...call), target)?.body, expected, target);
  }
  assert.deepEqual(get(storeOf(...call), "/dependencies?lookback=1000")?.body, []);
});

test("a span that comes twice is one span", () => {
  const store = storeOf(...call);
  store.add(parseSpans(JSON.stringify(call)));
  assert.equal(store.spanCount, 4);
});

test("the store forgets the oldest traces beyond its bound, and not their calls", () => {
  const store = new TraceStore(10);
  for (let index = 1; index <= 10; index += 1) {
    const traceId = index.toString(16);
    store.add(parseSpans(JSON.stringify(call.map((each) => ({ ...each, traceId })))));
  }
  assert.ok(store.spanCount <= 10);
  assert.equal(store.get("1"), undefined);
  assert.ok(store.get("a"));
  assert.equal(store.allDependencies().find(({ child }) => child === "cartservice")?.callCount, 10);
});
