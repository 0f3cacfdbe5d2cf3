import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:http2";
import { test } from "node:test";
import { RawClient } from "#runtime/fixtures/raw-client.ts";
import { startFixtures, urlOf, waitUntil } from "./fixtures/start-fixtures.ts";
import { backOffMs } from "./instances/back-off.ts";

// Each request has its own connection: a client may reuse one at the moment its function crashes.
const headers = { connection: "close" };

test("the back-off is 0 after the first crash, then 0.5 s, doubled up to 10 s", () => {
  const delays = [0, 1, 2, 3, 4, 5, 6, 7, 100].map(backOffMs);
  assert.deepEqual(delays, [0, 0, 500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
});

test("answers 503 if the function crashes during a request, and starts it for the next one", async (t) => {
  const lines: string[] = [];
  const platform = await startFixtures(t, { logs: (line) => lines.push(line) });
  const pid = await (await fetch(urlOf(platform, "crasher"), { headers })).text();

  const crashed = await fetch(urlOf(platform, "crasher", "/crash"), {
    method: "POST",
    headers,
    body: "x",
  });
  assert.equal(crashed.status, 503);
  assert.equal(crashed.headers.get("retry-after"), "1");
  assert.equal(await crashed.text(), "crasher ended before it answered\n");

  const next = await fetch(urlOf(platform, "crasher"), { headers });
  assert.equal(next.status, 200);
  assert.notEqual(await next.text(), pid);
  const { lastCrash } = platform.function("crasher").snapshot();
  assert.equal(
    lastCrash?.message,
    "crasher exited with code 3: something is badly wrong\nsecond line",
  );
  assert.ok(lines.some((line) => line.includes("crasher exited with code 3")));
});

test("answers 503 with the remaining back-off while a function keeps crashing", async (t) => {
  const platform = await startFixtures(t);
  const crasher = platform.function("crasher");
  for (const _ of [1, 2]) {
    await fetch(urlOf(platform, "crasher", "/crash"));
    await crasher.waitForState("crashed");
  }
  const refused = await fetch(urlOf(platform, "crasher"));
  assert.equal(refused.status, 503);
  assert.match(await refused.text(), /^crasher keeps crashing and starts again in \d+ ms\n$/);
  assert.equal(crasher.snapshot().starts, 2, "a process was started during the back-off");

  await waitUntil(async () => (await fetch(urlOf(platform, "crasher"))).status === 200);
});

test("answers 503 without the reason if a function cannot start", async (t) => {
  const platform = await startFixtures(t, { env: { ...process.env, CRASH_AT_START: "1" } });
  const response = await fetch(urlOf(platform, "crasher"));
  assert.equal(response.status, 503);
  assert.equal(await response.text(), "crasher did not start\n");
  const { lastCrash } = platform.function("crasher").snapshot();
  assert.match(lastCrash?.message ?? "", /this function cannot start/);
});

test("closes the HTTP/2 connection of a caller if the function cannot start", async (t) => {
  const platform = await startFixtures(t, { env: { ...process.env, CRASH_AT_START: "1" } });
  const session = connect(urlOf(platform, "crasher"));
  t.after(() => session.destroy());
  session.on("error", () => undefined);
  const stream = session.request({ ":path": "/" });
  stream.on("error", () => undefined);
  let answered = false;
  stream.on("response", () => {
    answered = true;
  });
  await once(stream, "close");
  assert.equal(answered, false);
});

test("restarts a function with scale.min 1 after its back-off if it crashed twice", async (t) => {
  const platform = await startFixtures(t);
  const warm = platform.function("warm");
  await warm.waitForState("ready");
  process.kill(warm.snapshot().pid ?? 0, "SIGKILL");
  await warm.waitForState("crashed");
  // A request starts it before the platform does; that instance crashes, too.
  const request = fetch(urlOf(platform, "warm"), { headers });
  await warm.waitForState("starting");
  const crashedAtMs = performance.now();
  process.kill(warm.snapshot().pid ?? 0, "SIGKILL");
  await warm.waitForState("crashed");
  assert.equal((await request).status, 503);

  await warm.waitForState("ready");
  assert.ok(
    performance.now() - crashedAtMs >= backOffMs(2),
    "started before the end of its back-off",
  );
  assert.equal(warm.snapshot().starts, 3);
});

test("reports a process that cannot be spawned as a crash of its function", async (t) => {
  // Longer than any system accepts: spawn throws E2BIG instead of emitting an error.
  const env = { ...process.env, OTEL_TOO_LONG: "x".repeat(4_000_000) };
  const platform = await startFixtures(t, { env });
  const warm = platform.function("warm");
  await warm.waitForState("crashed");
  assert.equal(warm.snapshot().lastCrash?.message, "warm could not be started: spawn E2BIG");
  const response = await fetch(urlOf(platform, "echo"), { headers });
  assert.equal(response.status, 503);
  assert.equal(await response.text(), "echo did not start\n");
});

test("closes an idle connection when its function crashes", async (t) => {
  const platform = await startFixtures(t);
  const client = await RawClient.open(t, platform.function("crasher").port);
  await client.request("GET", "/");
  process.kill(platform.function("crasher").snapshot().pid ?? 0, "SIGKILL");
  await platform.function("crasher").waitForState("crashed");
  await waitUntil(() => client.ended);
});
