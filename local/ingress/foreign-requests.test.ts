import assert from "node:assert/strict";
import { request } from "node:http";
import { networkInterfaces } from "node:os";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { startFixtures } from "../fixtures/start-fixtures.ts";
import type { Platform } from "../platform.ts";

const json = { "content-type": "application/json" };
const event = {
  ...json,
  "ce-id": "1",
  "ce-source": "/test",
  "ce-type": "fixture.event.v1",
  "ce-specversion": "1.0",
};
const span = JSON.stringify([{ traceId: "a", id: "1", localEndpoint: { serviceName: "s" } }]);

// One request for each part of the console's port.
const reads = ["/", "/api/state", "/api/stream", "/api/logs", "/api/faults", "/api/v2/services"];
const writes: readonly [method: string, path: string, headers: object, body: string][] = [
  ["POST", "/api/v2/spans", json, span],
  ["POST", "/events", event, "{}"],
  ["PUT", "/api/faults/slow", json, '{"faults":"*:latency=1ms"}'],
  ["DELETE", "/api/faults/slow", {}, ""],
  ["DELETE", "/api/faults", {}, ""],
];

test("the console's port refuses each request to a foreign host, and has no effect", async (t) => {
  const platform = await startFixtures(t);
  for (const host of ["evil.example", "evil.example:8081", "127.0.0.1.evil.example", "8.8.8.8"]) {
    for (const path of reads) {
      const { status, body } = await send(platform, { path, headers: { host } });
      assert.equal(status, 421, `${host} ${path}`);
      assert.match(body, /^host "\S+" is not served here: use localhost or 127\.0\.0\.1\n$/);
    }
    for (const [method, path, headers, body] of writes) {
      const sent = { method, path, headers: { ...headers, host }, body };
      assert.equal((await send(platform, sent)).status, 421, `${host} ${method} ${path}`);
    }
  }
  const whole = await send(platform, { path: "http://evil.example/api/logs", headers: {} });
  assert.equal(whole.status, 421);
  await assertUntouched(platform);
});

test("the console's port refuses writes from other origins, and has no effect", async (t) => {
  const platform = await startFixtures(t);
  const { host } = new URL(platform.urls.console);
  for (const foreign of [
    { origin: "http://evil.example" },
    { origin: "null" },
    { origin: "" },
    { origin: "http://127.0.0.1:1" },
    { origin: `http://localhost:${host.split(":")[1]}` },
    { origin: `https://${host}` },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
    { "sec-fetch-site": "cross-site", origin: `http://${host}` },
  ]) {
    for (const [method, path, headers, body] of writes) {
      const sent = { method, path, headers: { ...headers, ...foreign }, body };
      const { status, body: reason } = await send(platform, sent);
      assert.equal(status, 403, `${JSON.stringify(foreign)} ${method} ${path}`);
      assert.match(reason, /is refused: only pages of this host may send it\n$/);
    }
  }
  await assertUntouched(platform);
});

test("the console's port serves loopback hosts, its own pages and clients without origin", async (t) => {
  const platform = await startFixtures(t);
  const { host, port } = new URL(platform.urls.console);
  for (const name of ["localhost", "LOCALHOST", "a.localhost", "127.0.0.1", "127.9.9.9", "[::1]"]) {
    for (const own of [name, `${name}:${port}`, `${name}:9000`]) {
      const { status } = await send(platform, { path: "/api/state", headers: { host: own } });
      assert.equal(status, 200, own);
    }
  }
  for (const own of [
    {},
    { origin: `http://${host}`, "sec-fetch-site": "same-origin" },
    { "sec-fetch-site": "none" },
  ]) {
    for (const [method, path, headers, body] of writes) {
      const sent = { method, path, headers: { ...headers, ...own }, body };
      const { status } = await send(platform, sent);
      assert.ok(status < 300, `${JSON.stringify(own)} ${method} ${path}: ${status}`);
    }
  }
});

test("the console's port serves the address that HOST sets, but no other name", async (t) => {
  const platform = await startFixtures(t, { env: { ...process.env, HOST: "127.0.0.2" } });
  for (const [host, expected] of [
    ["127.0.0.2", 200],
    ["shop.example", 421],
  ] as const) {
    const { status } = await send(platform, { path: "/api/state", headers: { host } });
    assert.equal(status, expected, host);
  }
  const named = await startFixtures(t, { env: { ...process.env, HOST: "localhost" } });
  assert.equal((await fetch(`${named.urls.console}/api/state`)).status, 200);
});

const external = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find(({ family, internal }) => family === "IPv4" && !internal)?.address;

test("the console's port listens on the loopback address only, also with HOST=0.0.0.0 as in the monolith", {
  skip: external === undefined && "this machine has only loopback addresses",
}, async (t) => {
  const platform = await startFixtures(t, { env: { ...process.env, HOST: "0.0.0.0" } });
  const { port } = new URL(platform.urls.console);
  assert.equal((await fetch(`http://127.0.0.1:${port}/api/state`)).status, 200);
  await assert.rejects(fetch(`http://${external}:${port}/api/state`), /fetch failed/);
});

interface Sent {
  method?: string;
  path: string;
  headers: object;
  body?: string;
}

/** Sends a request with any Host header, which fetch does not allow, and reads the answer. */
async function send({ urls }: Platform, { method = "GET", path, headers, body = "" }: Sent) {
  const { hostname, port } = new URL(urls.console);
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; body: string }>();
  const options = { hostname, port, method, path, headers: { ...headers }, agent: false };
  request(options, async (response) => {
    const { statusCode: status = 0, headers: answered } = response;
    const isStream = answered["content-type"]?.startsWith("text/event-stream");
    if (isStream) response.destroy();
    resolve({ status, body: isStream ? "" : await text(response) });
  })
    .once("error", reject)
    .end(body);
  return promise;
}

async function assertUntouched({ urls }: Platform): Promise<void> {
  const read = async (path: string) => (await fetch(urls.console + path)).json();
  assert.deepEqual(await read("/api/v2/services"), []);
  assert.deepEqual(await read("/api/faults"), {});
  const { events } = (await read("/api/state")) as { events: { accepted: number } };
  assert.equal(events.accepted, 0);
}
