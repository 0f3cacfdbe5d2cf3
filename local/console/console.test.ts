import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { startFixtures, urlOf, waitUntil } from "../fixtures/start-fixtures.ts";
import type { ConsoleState } from "./model.ts";

const spans = JSON.stringify([
  {
    traceId: "1234",
    id: "1",
    kind: "SERVER",
    name: "GET /",
    timestamp: Date.now() * 1000,
    duration: 5000,
    localEndpoint: { serviceName: "echo" },
    tags: { "faas.coldstart": "true" },
  },
  { traceId: "1234", id: "2", parentId: "1", localEndpoint: { serviceName: "slow" } },
]);
const json = { "content-type": "application/json" };

test("the state has the functions, cold starts, call graph and traces", async (t) => {
  const platform = await startFixtures(t);
  await fetch(urlOf(platform, "echo"));
  const posted = await fetch(`${platform.urls.console}/api/v2/spans`, {
    method: "POST",
    headers: { ...json, "content-encoding": "gzip" },
    body: gzipSync(spans),
  });
  assert.equal(posted.status, 202);
  const response = await fetch(`${platform.urls.console}/api/state`);
  const state = (await response.json()) as ConsoleState;
  const echo = state.functions.find(({ name }) => name === "echo");
  assert.equal(echo?.state, "ready");
  assert.equal(`http://${echo?.address}/`, urlOf(platform, "echo"));
  assert.equal(state.functions.find(({ name }) => name === "slow")?.state, "zero");
  assert.ok(state.coldStarts.some((each) => each.function === "echo"));
  const [edge] = state.graph;
  assert.ok(edge && edge.p99Ms !== null);
  const { parent, child, callCount, errorCount, perMinute } = edge;
  assert.deepEqual([parent, child, callCount, errorCount], ["echo", "slow", 1, 0]);
  assert.ok(edge.p99Ms >= 0 && perMinute >= 0);
  const [trace] = state.traces;
  assert.equal(trace?.rootName, "GET /");
  assert.equal(trace?.durationMs, 5);
  assert.deepEqual(trace?.coldStarts, ["echo"]);
});

test("the stream sends the state after each change", async (t) => {
  const platform = await startFixtures(t);
  const abort = new AbortController();
  t.after(() => abort.abort());
  const response = await fetch(`${platform.urls.console}/api/stream`, { signal: abort.signal });
  assert.equal(response.headers.get("content-type"), "text/event-stream");
  let text = "";
  const reading = (async () => {
    for await (const chunk of response.body ?? []) text += Buffer.from(chunk).toString();
  })().catch(() => undefined);
  await waitUntil(() => text.includes('"name":"echo","state":"zero"'));
  await fetch(urlOf(platform, "echo"));
  await waitUntil(() => text.includes('"name":"echo","state":"ready"'));
  abort.abort();
  await reading;
});

test("serves the page and its files with a content security policy for its own origin", async (t) => {
  const platform = await startFixtures(t);
  for (const [path, type] of [
    ["/", /^text\/html/],
    ["/page.js", /^text\/javascript/],
    ["/style.css", /^text\/css/],
    ["/favicon.svg", /^image\/svg/],
  ] as const) {
    const response = await fetch(platform.urls.console + path);
    assert.equal(response.status, 200, path);
    assert.match(response.headers.get("content-type") ?? "", type);
    assert.match(response.headers.get("content-security-policy") ?? "", /default-src 'none'/);
    assert.doesNotMatch(await response.text(), /(?:src|href)="https?:/);
  }
});
