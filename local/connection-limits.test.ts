import assert from "node:assert/strict";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { http2Preface } from "#runtime/detect-protocol.ts";
import { RawClient } from "#runtime/fixtures/raw-client.ts";
import { startFixtures, waitUntil } from "./fixtures/start-fixtures.ts";
import type { PlatformOptions } from "./platform.ts";

const limits = {
  firstBytesMs: 150,
  headMs: 300,
  requestMs: 400,
  idleMs: 250,
  checkMs: 20,
  lingerMs: 50,
};

const preface = http2Preface;
const settings = "\0\0\0\x04\0\0\0\0\0";
const post = "POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 10\r\n\r\n";
const endlessHead = `GET / HTTP/1.1\r\nx: ${"y".repeat(10_000)}`;

// The bytes that a client sends at once and one by one, and the number of starts of the function.
const stalling: readonly [title: string, sent: string, dripped: string, starts: number][] = [
  ["a connection that sends nothing", "", "", 0],
  ["half of the HTTP/2 preface", preface.slice(0, 12), "", 0],
  ["an HTTP/2 preface that arrives byte by byte", "", preface, 0],
  ["the HTTP/2 preface alone", preface + settings, "", 1],
  ["a request head that stops", "GET / HT", "", 1],
  ["a request head that arrives byte by byte", "", endlessHead, 1],
  ["a POST that stops in its body", `${post}abc`, "", 1],
];

for (const [title, sent, dripped, starts] of stalling) {
  test(`the activator closes ${title}`, async (t) => {
    const { limited, connectTo } = await startLimited(t);
    const client = await connectTo();
    client.send(sent);
    void client.drip(dripped, 20);
    await client.untilEnd();
    await client.untilRefused();
    assert.equal(limited.snapshot().starts, starts);
  });
}

test("scales to zero although a POST stops in its body", async (t) => {
  const { limited, connectTo } = await startLimited(t, { idleWindowMs: 100 });
  const client = await connectTo();
  client.send(`${post}abc`);
  await waitUntil(() => limited.snapshot().inFlight === 1, 20_000);
  await limited.waitForState("zero");
  assert.match(await client.untilEnd(), /^HTTP\/1\.1 408 /);
  const { starts, lastCrash } = limited.snapshot();
  assert.deepEqual([starts, lastCrash], [1, null]);
});

test("closes a request head that stops at its limit and starts no instance after scale to zero", async (t) => {
  const { limited, connectTo } = await startLimited(t, {
    idleWindowMs: 50,
    limits: { ...limits, headMs: 2000, requestMs: 2000 },
    // Longer than the limit: a wait that counted towards it would end the connection.
    env: { ...process.env, LIMITS: JSON.stringify(limits), BOOT_MS: "2500" },
  });
  const client = await connectTo();
  client.send("GET / HTTP/1.1\r\n");
  await limited.waitForState("ready");
  await limited.waitForState("zero");
  assert.equal(client.ended, false);
  await client.untilEnd();
  assert.equal(limited.snapshot().starts, 1);
});

test("answers a request whose head is completed after scale to zero", async (t) => {
  const { limited, connectTo } = await startLimited(t, {
    idleWindowMs: 50,
    limits: { ...limits, headMs: 10_000, requestMs: 10_000 },
  });
  const client = await connectTo();
  client.send("GET /late HTTP/1.1\r\n");
  await limited.waitForState("ready");
  await limited.waitForState("zero");
  client.send("host: localhost\r\n\r\n");
  assert.match(await client.response(), /\/late$/);
  assert.equal(limited.snapshot().starts, 2);
});

test("does not count the wait for a cold start towards a limit", async (t) => {
  const { limited, connectTo } = await startLimited(t, {
    env: { ...process.env, BOOT_MS: "1200" },
  });
  const [whole, head, body] = [await connectTo(), await connectTo(), await connectTo()];
  whole.send("GET /whole HTTP/1.1\r\nhost: localhost\r\n\r\n");
  head.send("GET /head HTTP/1.1\r\n");
  body.send(`${post}abc`);
  await limited.waitForState("ready");
  head.send("host: localhost\r\n\r\n");
  body.send("defghij");
  assert.match(await whole.response(), /\/whole$/);
  assert.match(await head.response(), /\/head$/);
  assert.match(await body.response(), /abcdefghij$/);
});

test("returns a response that takes longer than every limit", async (t) => {
  const { connectTo } = await startLimited(t);
  const client = await connectTo();
  assert.match(await client.request("POST", "/?ms=1000", "slow"), /slow$/);
});

test("keeps a connection open over scale to zero until its idle limit", async (t) => {
  const idleMs = 1000;
  const { limited, connectTo } = await startLimited(t, {
    idleWindowMs: 100,
    limits: { ...limits, idleMs },
  });
  const client = await connectTo();
  for (const round of [1, 2]) {
    const response = await client.request("POST", "/", `round ${round}`);
    assert.match(response, new RegExp(`round ${round}$`));
    await limited.waitForState("zero");
    assert.equal(client.ended, false);
  }
  const atZeroMs = performance.now();
  await client.untilEnd();
  assert.ok(performance.now() - atZeroMs > idleMs / 2, "closed before its idle limit");
  await client.untilRefused();
});

test("closes connections above the maximum and logs a warning", async (t) => {
  const lines: string[] = [];
  const { limited, connectTo, platform } = await startLimited(t, {
    limits: { maxConnections: 2 },
    logs: (line) => lines.push(line),
  });
  const kept = [await connectTo(), await connectTo()];
  for (const _ of [1, 2, 3]) await (await connectTo()).untilEnd();
  assert.match((await kept[0]?.request("GET", "/first")) ?? "", /\/first$/);
  const { port } = new URL(platform.urls.console);
  for (const _ of [1, 2]) await RawClient.open(t, Number(port));
  await assert.rejects(fetch(platform.urls.console));
  const warnings = lines
    .map((line) => JSON.parse(line))
    .filter((line) => line.severity === "WARNING");
  assert.deepEqual(
    warnings.map(({ message }) => message.split(",", 1)[0]),
    [`the port of ${limited.name} has 2 connections`, "the console's port has 2 connections"],
  );
});

async function startLimited(t: TestContext, options: PlatformOptions = {}) {
  const platform = await startFixtures(t, {
    functionsDir: join(import.meta.dirname, "fixtures", "limited"),
    env: { ...process.env, LIMITS: JSON.stringify(limits) },
    limits,
    ...options,
  });
  const limited = platform.function("limited");
  const connectTo = () => RawClient.open(t, limited.port);
  return { platform, limited, connectTo };
}
