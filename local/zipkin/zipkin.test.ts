import assert from "node:assert/strict";
import { test } from "node:test";
import { RequestError } from "#runtime/request-error.ts";
import { parseSpans } from "#traces/parse-zipkin.ts";
import type { ZipkinSpan } from "#traces/zipkin.ts";
import { zipkinRoutes } from "./routes.ts";
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

async function get(store: TraceStore, target: string) {
  const routes = zipkinRoutes({ store, onSpans: () => undefined, now: () => nowMs });
  // The ingress answers errors in the same way.
  routes.onError((error, c) =>
    c.text(error.message, error instanceof RequestError && error.status === 404 ? 404 : 400),
  );
  const response = await routes.request(target);
  const text = await response.text();
  return { status: response.status, body: response.ok ? JSON.parse(text) : text };
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

test("finds services, spans and traces by each parameter of Zipkin's API", async () => {
  const store = storeOf(...call, span("b", "1", "adservice", { name: "ads" }));
  assert.deepEqual((await get(store, "/services")).body, ["adservice", "cartservice", "frontend"]);
  assert.deepEqual((await get(store, "/spans?serviceName=frontend")).body, ["get /cart"]);
  assert.deepEqual((await get(store, "/remoteServices?serviceName=cartservice")).body, ["redis"]);
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
    assert.equal((await get(store, `/traces${query}`)).body.length, traces, query);
  }
  assert.equal((await get(store, "/traceMany?traceIds=a,b,c")).body.length, 2);
});

test("finds a trace by its id with or without leading zeros; answers 404 for an unknown id", async () => {
  const store = storeOf(...call);
  assert.equal((await get(store, "/trace/a")).body.length, 4);
  assert.equal((await get(store, `/trace/${"a".padStart(16, "0")}`)).status, 200);
  assert.equal((await get(store, "/trace/b")).status, 404);
  assert.equal((await get(store, "/trace/xyz")).status, 400);
  assert.equal((await get(store, "/nothing")).status, 404);
});

test("answers an invalid query with 400 and the reason", async () => {
  const store = storeOf();
  for (const target of [
    "/spans",
    "/dependencies?endTs=now",
    "/traces?limit=x",
    "/traceMany",
    "/traceMany?traceIds=q",
  ]) {
    const answer = await get(store, target);
    assert.equal(answer.status, 400, target);
    assert.equal(typeof answer.body, "string");
  }
});

test("counts calls between services, and to services that send no spans, as dependencies", async () => {
  const expected = [
    { parent: "frontend", child: "cartservice", callCount: 1, errorCount: 1 },
    { parent: "cartservice", child: "redis", callCount: 1 },
  ];
  for (const target of [`/dependencies?endTs=${nowMs}`, "/dependencies"]) {
    assert.deepEqual((await get(storeOf(...call), target)).body, expected, target);
  }
  assert.deepEqual((await get(storeOf(...call), "/dependencies?lookback=1000")).body, []);
});

test("stores a span once if it arrives twice", () => {
  const store = storeOf(...call);
  store.add(parseSpans(JSON.stringify(call)));
  assert.equal(store.spanCount, 4);
});

test("the store drops the oldest traces above its limit and keeps the count of their calls", () => {
  const store = new TraceStore({ spans: 10 });
  for (let index = 1; index <= 10; index += 1) {
    const traceId = index.toString(16);
    store.add(parseSpans(JSON.stringify(call.map((each) => ({ ...each, traceId })))));
  }
  assert.ok(store.spanCount <= 10);
  assert.equal(store.get("1"), undefined);
  assert.ok(store.get("a"));
  assert.equal(store.allDependencies().find(({ child }) => child === "cartservice")?.callCount, 10);
});
