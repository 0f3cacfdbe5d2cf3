import assert from "node:assert/strict";
import { test } from "node:test";
import { RawClient } from "#runtime/fixtures/raw-client.ts";
import { isRunning, startFixtures, urlOf } from "./fixtures/start-fixtures.ts";

test("starts a function at zero at its first request and records the cold start with its phases", async (t) => {
  const platform = await startFixtures(t);
  const echo = platform.function("echo");
  assert.equal(echo.state, "zero");
  assert.equal(echo.snapshot().pid, null);

  const response = await fetch(urlOf(platform, "echo", "/hello"));
  assert.equal(await response.text(), "GET /hello");

  assert.equal(echo.state, "ready");
  assert.equal(echo.snapshot().pid, Number(response.headers.get("x-pid")));
  const [coldStart, ...more] = platform.coldStarts().filter(({ cause }) => cause === "request");
  assert.deepEqual(more, []);
  assert.equal(coldStart?.function, "echo");
  assert.equal(coldStart?.cause, "request");
  assert.deepEqual(Object.keys(coldStart?.phases ?? {}), ["spawn", "node", "modules", "listen"]);
  assert.ok((coldStart?.totalMs ?? 0) > 0);
});

test("requests that arrive while a function starts wait for the same process", async (t) => {
  const platform = await startFixtures(t);
  const answers = Array.from({ length: 20 }, async (_, index) => {
    const response = await fetch(urlOf(platform, "slow", `/${index}`));
    return { status: response.status, text: await response.text() };
  });
  await platform.function("slow").waitForState("starting");
  for (const answer of await Promise.all(answers)) {
    assert.deepEqual(answer, { status: 200, text: "started" });
  }
  assert.equal(platform.function("slow").snapshot().starts, 1);
  assert.equal(platform.function("slow").snapshot().waiting, 0);
});

test("does not start a function for a connection without bytes", async (t) => {
  const platform = await startFixtures(t);
  const client = await RawClient.open(t, platform.function("echo").port);
  // The answer on a later connection shows that this one was accepted before.
  const other = await RawClient.open(t, platform.function("slow").port);
  assert.match(await other.request("GET", "/"), /started/);
  assert.equal(platform.function("echo").state, "zero");
  assert.match(await client.request("GET", "/first"), /GET \/first$/);
});

test("answers a request on a half-closed connection", async (t) => {
  const platform = await startFixtures(t);
  const client = await RawClient.open(t, platform.function("echo").port);
  client.send("GET /half HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
  client.endSending();
  assert.match(await client.untilEnd(), /GET \/half$/);
});

test("passes a body of 8 MiB on unchanged while the function starts", async (t) => {
  const platform = await startFixtures(t);
  const body = Buffer.alloc(8 * 1024 * 1024, "0123456789abcdef");
  const response = await fetch(urlOf(platform, "echo"), { method: "POST", body });
  assert.ok(Buffer.from(await response.arrayBuffer()).equals(body));
});

test("kills a function that is not ready in time, and answers 503", async (t) => {
  const platform = await startFixtures(t, { startTimeoutMs: 300 });
  const response = await fetch(urlOf(platform, "mute"));
  assert.equal(response.status, 503);
  assert.equal(await response.text(), "mute did not start\n");
  await platform.function("mute").waitForState("crashed");
  assert.match(platform.function("mute").snapshot().lastCrash?.message ?? "", /SIGKILL/);
});

test("scales to zero after a caller has disconnected during the start", async (t) => {
  const platform = await startFixtures(t, { idleWindowMs: 100 });
  await assert.rejects(fetch(urlOf(platform, "slow"), { signal: AbortSignal.timeout(100) }));
  await platform.function("slow").waitForState("ready");
  await platform.function("slow").waitForState("zero");
});

test("passes Knative's variables and the addresses of dependencies to a function", async (t) => {
  const platform = await startFixtures(t, { env: { ...process.env, GREETING: "hello" } });
  const read = async (name: string) =>
    (await fetch(urlOf(platform, "echo", `/env?name=${name}`))).text();
  assert.equal(await read("K_SERVICE"), "echo");
  assert.equal(await read("K_CONFIGURATION"), "echo");
  assert.equal(await read("K_REVISION"), "echo-local");
  assert.equal(await read("HOST"), "127.0.0.1");
  assert.equal(await read("K_SINK"), `${platform.urls.console}/events`);
  assert.equal(await read("SLOW_SERVICE_ADDR"), platform.function("slow").address);
  assert.equal(
    await read("OTEL_EXPORTER_ZIPKIN_ENDPOINT"),
    `${platform.urls.console}/api/v2/spans`,
  );
  assert.equal(
    await read("GREETING"),
    "hello",
    "the platform's own environment overrides the manifest's",
  );
  assert.equal(await read("FROM_MANIFEST"), "yes");
});

test("keeps one instance of a function with scale.min 1, and replaces it after a crash", async (t) => {
  const platform = await startFixtures(t, { idleWindowMs: 50 });
  const warm = platform.function("warm");
  await warm.waitForState("ready");
  const pid = warm.snapshot().pid ?? 0;
  assert.equal(platform.coldStarts()[0]?.cause, "min scale");
  await fetch(urlOf(platform, "echo"));
  await platform.function("echo").waitForState("zero");
  assert.equal(warm.snapshot().pid, pid);

  process.kill(pid, "SIGKILL");
  await warm.waitForState("crashed");
  await warm.waitForState("ready");
  assert.ok(!isRunning(pid));
});
