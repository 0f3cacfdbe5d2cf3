import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSpans } from "#traces/parse-zipkin.ts";
import { startFixtures } from "../fixtures/start-fixtures.ts";
import { TraceStore } from "./store.ts";

const mebibyte = 1024 * 1024;

test("60 large spans take at most the store's bytes, and the newest one is kept", () => {
  const store = new TraceStore();
  for (let index = 1; index <= 60; index += 1) {
    const span = {
      traceId: index.toString(16),
      id: "1",
      tags: { text: "x".repeat(4.9 * mebibyte) },
    };
    store.add(parseSpans(JSON.stringify([span])));
    assert.ok(store.bytes <= 64 * mebibyte);
  }
  assert.ok(store.bytes > 32 * mebibyte);
  assert.equal(store.get("1"), undefined);
  assert.equal(store.get((60).toString(16))?.size, 1);
});

test("one trace takes at most half of the store's bytes", () => {
  const store = new TraceStore({ bytes: mebibyte });
  const add = (traceId: string, id: number, length: number) => {
    const span = { traceId, id: id.toString(16), tags: { text: "x".repeat(length) } };
    store.add(parseSpans(JSON.stringify([span])));
  };
  add("a", 1, 100_000);
  for (let id = 1; id <= 10; id += 1) add("b", id, 100_000);
  assert.ok(store.get("a"));
  assert.equal(store.get("b")?.size, 2);
  assert.ok(store.bytes <= mebibyte);
  add("c", 1, mebibyte);
  assert.equal(store.get("c"), undefined, "a span that is larger than a trace may be");
  add("b", 1, 10);
  assert.equal(store.get("b")?.size, 2);
  assert.ok(store.bytes < 0.5 * mebibyte, "a span that is replaced counts once");
});

test("100,000 names of services leave a bounded number of links and names", () => {
  const store = new TraceStore();
  for (let batch = 0; batch < 100; batch += 1) {
    const spans = Array.from({ length: 1000 }, (_, index) => ({
      traceId: (batch * 1000 + index + 1).toString(16),
      id: "1",
      kind: "CLIENT",
      localEndpoint: { serviceName: `caller-${batch}-${index}` },
      remoteEndpoint: { serviceName: `called-${batch}-${index}` },
    }));
    store.add(parseSpans(JSON.stringify(spans)));
  }
  assert.equal(store.allDependencies().length, 1000);
  assert.ok(store.serviceNames().length <= 10_000);
  assert.ok(store.bytes <= 64 * mebibyte);
});

test("traces that replace others take about the same time whether or not links are known", () => {
  const measure = (linkCount: number) => {
    const store = new TraceStore({ spans: 5000 });
    const fill = (count: number, kind?: string) => {
      const spans = Array.from({ length: count }, (_, index) => ({
        ...{ traceId: crypto.randomUUID().replaceAll("-", ""), id: "1", kind },
        localEndpoint: { serviceName: `caller-${index}` },
        remoteEndpoint: { serviceName: "called" },
      }));
      store.add(parseSpans(JSON.stringify(spans)));
    };
    fill(linkCount, "CLIENT");
    fill(5000);
    const before = process.cpuUsage();
    fill(20_000);
    const { user, system } = process.cpuUsage(before);
    return user + system;
  };
  measure(0);
  const withoutLinks = measure(0);
  const withLinks = measure(1000);
  assert.ok(withLinks < 4 * withoutLinks, `${withLinks} µs of CPU, without links ${withoutLinks}`);
});

const deep = (levels: number) => "[".repeat(levels) + "]".repeat(levels);
const withField = (field: string) => `[{"traceId":"a","id":"1",${field}}]`;

test("the collector answers deep and malformed spans with 400, and serves the next ones", async (t) => {
  const { urls } = await startFixtures(t);
  const post = async (body: string) => {
    const headers = { "content-type": "application/json" };
    return fetch(`${urls.console}/api/v2/spans`, { method: "POST", headers, body });
  };
  for (const body of [
    deep(2_000_000),
    withField(`"annotations":${deep(100_000)}`),
    withField(`"tags":{"a":${deep(100_000)}}`),
    withField('"tags":{"a":{"toString":1}}'),
    withField('"tags":{"a":null}'),
    withField(`"a":{"b":{"c":{"d":{"e":{"f":{"g":{"h":{"i":1}}}}}}}}`),
    withField('"timestamp":1e300'),
    "",
    "null",
  ]) {
    const response = await post(body);
    assert.equal(response.status, 400, body.slice(0, 80));
    assert.match(await response.text(), /^(the body is not|span 0: )/);
  }
  assert.equal((await post(withField('"annotations":[{"timestamp":1,"value":"a"}]'))).status, 202);
});

test("the console shows traces whose spans are deep, or their own ancestors", async (t) => {
  const { urls } = await startFixtures(t);
  const headers = { "content-type": "application/json" };
  const chain = Array.from({ length: 4900 }, (_, index) => ({
    traceId: "a",
    id: (index + 2).toString(16),
    parentId: (index + 1).toString(16),
    localEndpoint: { serviceName: `s${index % 3}` },
  }));
  const activator = { traceId: "b", localEndpoint: { serviceName: "activator" } };
  const cycle = [
    { ...activator, id: "1", parentId: "2" },
    { ...activator, id: "2", parentId: "1" },
    { ...activator, id: "3", parentId: "1", localEndpoint: { serviceName: "s" } },
  ];
  for (const spans of [chain, cycle]) {
    const body = JSON.stringify(spans);
    const sent = await fetch(`${urls.console}/api/v2/spans`, { method: "POST", headers, body });
    assert.equal(sent.status, 202);
    const state = await fetch(`${urls.console}/api/state`);
    assert.equal(state.status, 200);
    const { traces } = (await state.json()) as { traces: { spanCount: number }[] };
    assert.equal(traces.filter(({ spanCount }) => spanCount === spans.length).length, 1);
  }
});
