import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import type { ConsoleState } from "../console/model.ts";
import { startFixtures, waitUntil } from "../fixtures/start-fixtures.ts";

const json = { "content-type": "application/json" };

const wrong: readonly [
  title: string,
  path: string,
  init: RequestInit,
  status: number,
  why: RegExp,
][] = [
  ["an unknown path", "/nothing", {}, 404, /\/nothing is not served here/],
  ["an unknown trace", "/api/v2/trace/abc", {}, 404, /trace abc was not found/],
  [
    "a wrong method",
    "/api/state",
    { method: "DELETE" },
    405,
    /DELETE is not allowed here: use GET/,
  ],
  ["a GET for events", "/events", {}, 405, /use POST/],
  ["a request that is not an event", "/events", { method: "POST" }, 400, /no ce-id header/],
  ["broken JSON", "/api/v2/spans", { method: "POST", headers: json, body: "[" }, 400, /not JSON/],
  ["no spans", "/api/v2/spans", { method: "POST", headers: json, body: "[{}]" }, 400, /traceId/],
  ["another format", "/api/v2/spans", { method: "POST", body: "x" }, 415, /application\/json/],
  [
    "a body that is not gzip",
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

test("answers an invalid request with its status and the reason", async (t) => {
  const platform = await startFixtures(t);
  for (const [title, path, init, status, why] of wrong) {
    const response = await fetch(platform.urls.console + path, init);
    assert.equal(response.status, status, title);
    assert.match(await response.text(), why, title);
    if (status === 405) assert.ok(response.headers.get("allow"), title);
  }
});

test("starts the subscriber of an event and delivers it", async (t) => {
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
  await waitUntil(async () => {
    const state = await fetch(`${platform.urls.console}/api/state`);
    return ((await state.json()) as ConsoleState).events.delivered === 1;
  });
});
