import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { RawClient } from "#runtime/fixtures/raw-client.ts";
import { startFunctions } from "./fixtures/start-fixtures.ts";
import type { PlatformFunction, PlatformOptions } from "./platform.ts";

const probes = [
  "GET /health/liveness HTTP/1.1",
  "GET /health/readiness HTTP/1.1",
  "GET /health/readiness HTTP/1.0",
  "GET /health/readiness?probe=1 HTTP/1.1",
  "HEAD /health/liveness HTTP/1.1",
];

test("answers probes of the platform without starting the storefront", async (t) => {
  const storefront = await startStorefront(t);
  for (const probe of probes) {
    const client = await RawClient.open(t, storefront.port);
    client.send(`${probe}\r\nhost: shop\r\nconnection: keep-alive\r\n\r\n`);
    const [head, body] = (await client.untilEnd()).split("\r\n\r\n");
    assert.match(head ?? "", /^HTTP\/1\.1 200 OK\r\n/, probe);
    assert.match(head ?? "", /\r\nconnection: close$/, probe);
    assert.equal(body, probe.startsWith("HEAD") ? "" : "ok\n", probe);
  }
  assert.equal(storefront.snapshot().starts, 0);
});

test("closes a connection without a probe, and answers a probe on a half-closed connection", async (t) => {
  const storefront = await startStorefront(t);
  const silent = await RawClient.open(t, storefront.port);
  const startMs = performance.now();
  silent.endSending();
  assert.equal(await silent.untilEnd(2000), "");
  assert.ok(performance.now() - startMs < 2000, "the connection stayed open");
  const halfClosed = await RawClient.open(t, storefront.port);
  halfClosed.send("GET /health/liveness HTTP/1.1\r\n\r\n");
  halfClosed.endSending();
  assert.match(await halfClosed.untilEnd(2000), /^HTTP\/1\.1 200 OK/);
  assert.equal(storefront.snapshot().starts, 0);
});

test("passes every other request on to the storefront, even if it arrives in pieces", async (t) => {
  const storefront = await startStorefront(t);
  const client = await RawClient.open(t, storefront.port);
  client.send("GET /rob");
  await storefront.waitForState("starting");
  client.send("ots.txt HTTP/1.1\r\nhost: shop\r\n\r\n");
  assert.match(await client.response(), /^HTTP\/1\.1 200 OK/);
  const url = `http://${storefront.address}/health/readiness`;
  assert.equal((await fetch(`${url}-of-all`)).status, 404);
  assert.equal((await fetch(url, { method: "POST" })).status, 405);
});

test("probes do not keep the storefront from scaling to zero", async (t) => {
  const storefront = await startStorefront(t, { idleWindowMs: 300 });
  assert.match(
    await (await RawClient.open(t, storefront.port)).request("GET", "/robots.txt"),
    /^HTTP\/1\.1 200/,
  );
  const endMs = performance.now() + 10_000;
  while (storefront.snapshot().pid !== null) {
    assert.ok(performance.now() < endMs, "the storefront still runs");
    const client = await RawClient.open(t, storefront.port);
    client.send("GET /health/readiness HTTP/1.1\r\n\r\n");
    assert.match(await client.untilEnd(), /^HTTP\/1\.1 200/);
  }
});

async function startStorefront(
  t: TestContext,
  options: PlatformOptions = {},
): Promise<PlatformFunction> {
  return (await startFunctions(t, options)).function("frontend");
}
