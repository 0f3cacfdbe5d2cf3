import assert from "node:assert/strict";
import { createServer } from "node:http";
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

test("the state holds functions, cold starts, calls that are to be expected, and traces", async (t) => {
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
  assert.equal(state.functions.find(({ name }) => name === "echo")?.state, "ready");
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

test("the stream tells each change by itself", async (t) => {
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

test("the page and its files are there, with a policy that keeps everything else out", async (t) => {
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

const wrong: readonly [
  title: string,
  path: string,
  init: RequestInit,
  status: number,
  why: RegExp,
][] = [
  ["an unknown path", "/nothing", {}, 404, /\/nothing is not served here/],
  ["an unknown trace", "/api/v2/trace/abc", {}, 404, /trace abc is not known/],
  [
    "a wrong method",
    "/api/state",
    { method: "DELETE" },
    405,
    /DELETE is not allowed here: use GET/,
  ],
  ["a GET for events", "/events", {}, 405, /use POST/],
  ["no event", "/events", { method: "POST" }, 400, /no ce-id header/],
  ["broken JSON", "/api/v2/spans", { method: "POST", headers: json, body: "[" }, 400, /not JSON/],
  ["no spans", "/api/v2/spans", { method: "POST", headers: json, body: "[{}]" }, 400, /traceId/],
  ["another format", "/api/v2/spans", { method: "POST", body: "x" }, 415, /application\/json/],
  [
    "what is no gzip",
    "/api/v2/spans",
    { method: "POST", headers: { ...json, "content-encoding": "gzip" }, body: "[]" },
    400,
    /not gzip/,
  ],
  [
    "an unknown encoding",
    "/api/v2/spans",
    { method: "POST", headers: { ...json, "content-encoding": "br" }, body: "[]" },
    415,
    /is br: expected gzip or none/,
  ],
  [
    "gzip that unpacks to too much",
    "/api/v2/spans",
    {
      method: "POST",
      headers: { ...json, "content-encoding": "gzip" },
      body: gzipSync(Buffer.alloc(30 * 1024 * 1024)),
    },
    413,
    /larger than 5242880 bytes/,
  ],
  [
    "a body that is too large",
    "/api/v2/spans",
    { method: "POST", headers: json, body: " ".repeat(5 * 1024 * 1024 + 1) },
    413,
    /larger than 5242880 bytes/,
  ],
];

test("what cannot be answered gets the right status and a reason", async (t) => {
  const platform = await startFixtures(t);
  for (const [title, path, init, status, why] of wrong) {
    const response = await fetch(platform.urls.console + path, init);
    assert.equal(response.status, status, title);
    assert.match(await response.text(), why, title);
    if (status === 405) assert.ok(response.headers.get("allow"), title);
  }
});

test("an event posted to the sink starts its subscriber and reaches it", async (t) => {
  const platform = await startFixtures(t);
  const response = await fetch(`${platform.urls.console}/events`, {
    method: "POST",
    headers: {
      "ce-id": "1",
      "ce-source": "/test",
      "ce-type": "fixture.event.v1",
      "ce-specversion": "1.0",
    },
    body: "{}",
  });
  assert.equal(response.status, 202);
  await platform.function("echo").waitForState("ready");
  const events = async () => {
    const state = await fetch(`${platform.urls.console}/api/state`);
    return ((await state.json()) as ConsoleState).events;
  };
  let delivered = 0;
  for (let tries = 0; delivered === 0 && tries < 100; tries += 1) {
    delivered = (await events()).delivered;
  }
  assert.equal(delivered, 1);
});

test("spans go on to ZIPKIN_ENDPOINT too, and its failing and recovery are each told once", async (t) => {
  const bodies: string[] = [];
  let status = 500;
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    bodies.push(`${request.url} ${body}`);
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close().closeAllConnections());
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  const lines: string[] = [];
  const platform = await startFixtures(t, {
    env: { ...process.env, ZIPKIN_ENDPOINT: `http://127.0.0.1:${port}` },
    logs: (line) => lines.push(line),
  });
  const post = async (count: number) => {
    await fetch(`${platform.urls.console}/api/v2/spans`, {
      method: "POST",
      headers: json,
      body: spans,
    });
    await waitUntil(() => bodies.length === count);
  };
  await post(1);
  await post(2);
  await waitUntil(() => lines.some((line) => line.includes("spans do not reach")));
  status = 202;
  await post(3);
  await waitUntil(() => lines.some((line) => line.includes("again")));
  assert.equal(bodies[2], `/api/v2/spans ${spans}`);
  assert.equal(lines.filter((line) => line.includes("ZIPKIN_ENDPOINT")).length, 2);
});
