import assert from "node:assert/strict";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { http2Preface } from "#runtime/detect-protocol.ts";
import { RawClient } from "#runtime/fixtures/raw-client.ts";
import { startFixtures, waitForDrain, waitUntil } from "./fixtures/start-fixtures.ts";
import type { PlatformOptions } from "./platform.ts";

interface Limits {
  readonly headMs?: number;
  readonly keepAliveMs?: number;
  readonly idleMs?: number;
  readonly checkMs?: number;
  readonly lingerMs?: number;
}

/** A function that uses the runtime, and so accepts connections of the platform. */
async function startLimited(t: TestContext, limits: Limits = {}, options: PlatformOptions = {}) {
  const platform = await startFixtures(t, {
    functionsDir: join(import.meta.dirname, "fixtures", "limited"),
    env: { ...process.env, LIMITS: JSON.stringify(limits) },
    ...options,
  });
  const limited = platform.function("limited");
  /** Opens a connection that the function serves itself: from its second request on. */
  const openKept = async () => {
    const client = await RawClient.open(t, limited.port);
    for (const path of ["/first", "/second"]) {
      assert.match(await client.request("GET", path), new RegExp(`${path}$`));
    }
    return client;
  };
  return { limited, openKept };
}

test("answers each request of kept connections that arrives during a drain", async (t) => {
  const { limited, openKept } = await startLimited(t, {}, { idleWindowMs: 20 });
  const clients = await Promise.all([0, 1, 2, 3].map(openKept));
  const rounds = 12;
  for (let round = 0; round < rounds; round += 1) {
    await waitForDrain(limited);
    const answers = clients.map(async (client, at) => {
      // Each request arrives at another moment of the drain.
      for (let turn = 0; turn < (round * (7 + at)) % 16; turn += 1) await nextTurn();
      const body = `${at}/${round}`;
      assert.match(await client.request("POST", "/", body), new RegExp(`${body}$`));
    });
    await Promise.all(answers);
    // The last response of a connection during a drain ends it.
    for (const [at, client] of clients.entries()) {
      if (client.ended) clients[at] = await openKept();
    }
    await limited.waitForState("zero");
  }
  assert.ok(limited.snapshot().starts >= rounds, `${limited.snapshot().starts} starts`);
  assert.equal(limited.snapshot().lastCrash, null);
});

test("keeps an idle connection open over scale to zero, several times", async (t) => {
  const { limited, openKept } = await startLimited(t, {}, { idleWindowMs: 50 });
  const client = await openKept();
  for (const round of [1, 2, 3]) {
    await limited.waitForState("zero");
    assert.equal(client.ended, false);
    assert.match(await client.request("POST", "/", `round ${round}`), new RegExp(`${round}$`));
  }
});

test("answers a request whose head is completed during a drain", async (t) => {
  const { limited, openKept } = await startLimited(t, {}, { idleWindowMs: 100 });
  const client = await openKept();
  client.send("GET /late HTTP/1.1\r\n");
  await limited.waitForState("draining");
  client.send("host: localhost\r\n\r\n");
  assert.match(await client.response(), /\/late$/);
  assert.equal(limited.snapshot().starts, 1);
});

test("closes a connection whose client stops in the head of a later request", async (t) => {
  const { openKept } = await startLimited(t, { headMs: 100, checkMs: 20 });
  const client = await openKept();
  client.send("GET /late HTTP/1.1\r\n");
  assert.match(await client.untilEnd(), /^HTTP\/1\.1 408 /);
  await client.untilRefused();
});

test("closes a connection without a request at the function's limit", async (t) => {
  const { openKept } = await startLimited(t, { keepAliveMs: 100 });
  const client = await openKept();
  await client.untilEnd();
  await client.untilRefused();
});

test("closes a connection that changes to HTTP/2 when the function does", async (t) => {
  const { limited } = await startLimited(t, { idleMs: 100, checkMs: 20, lingerMs: 20 });
  const client = await RawClient.open(t, limited.port);
  await client.request("GET", "/first");
  client.send(`${http2Preface}\0\0\0\x04\0\0\0\0\0`);
  await client.untilEnd();
  await client.untilRefused();
});

test("closes a connection after a later response with connection: close", async (t) => {
  const { openKept } = await startLimited(t);
  const client = await openKept();
  client.send("GET /last HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
  assert.match(await client.untilEnd(), /\/last$/);
  await client.untilRefused();
});

test("closes a connection with an open request if its function crashes", async (t) => {
  const { limited, openKept } = await startLimited(t);
  const client = await openKept();
  client.send("GET /?ms=60000 HTTP/1.1\r\nhost: localhost\r\n\r\n");
  await waitUntil(() => limited.snapshot().inFlight === 1);
  process.kill(limited.snapshot().pid ?? 0, "SIGKILL");
  assert.equal(await client.untilEnd(), "");
  await limited.waitForState("crashed");
  await openKept();
  assert.equal(limited.snapshot().starts, 2);
});

test("answers 503 if the function crashes while it starts for the next request of a connection", async (t) => {
  const env = { ...process.env, LIMITS: "{}", BOOT_MS: "500" };
  const { limited, openKept } = await startLimited(t, {}, { idleWindowMs: 50, env });
  const client = await openKept();
  await limited.waitForState("zero");
  const answer = client.request("GET", "/");
  await limited.waitForState("starting");
  process.kill(limited.snapshot().pid ?? 0, "SIGKILL");
  assert.match(await answer, /^HTTP\/1\.1 503 .*limited did not start\n$/s);
});

test("counts passed connections towards the maximum", async (t) => {
  const options = { limits: { maxConnections: 2 } };
  const { limited, openKept } = await startLimited(t, {}, options);
  const kept = [await openKept(), await openKept()];
  await (await RawClient.open(t, limited.port)).untilEnd();
  kept[0]?.close();
  await waitUntil(async () => {
    const client = await RawClient.open(t, limited.port);
    return /\/again$/.test(await client.request("GET", "/again"));
  });
});
