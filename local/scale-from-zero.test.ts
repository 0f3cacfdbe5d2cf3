import assert from "node:assert/strict";
import { test } from "node:test";
import { RawClient } from "#runtime/fixtures/raw-client.ts";
import { isRunning, startFixtures, urlOf } from "./fixtures/start-fixtures.ts";

test("a function at zero has no process, starts at its first request, and its start is reported with its phases", async (t) => {
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

test("requests that come while a function starts all wait for its one process", async (t) => {
  const platform = await startFixtures(t);
  const answers = Array.from({ length: 20 }, async (_, index) => {
    const response = await fetch(urlOf(platform, "slow", `/${index}`));
    return { status: response.status, text: await response.text() };
  });
  await platform.function("slow").waitForState("starting");
  for (const answer of await Promise.all(answers)) {
    assert.deepEqual(answer, { status: 200, text: "at last" });
  }
  assert.equal(platform.function("slow").snapshot().starts, 1);
  assert.equal(platform.function("slow").snapshot().waiting, 0);
});

test("a connection without bytes starts no function", async (t) => {
  const platform = await startFixtures(t);
  const client = new RawClient(platform.function("echo").port);
  t.after(() => client.close());
  await client.connected();
  // The second connection proves that the first one was taken long ago.
  const other = new RawClient(platform.function("slow").port);
  t.after(() => other.close());
  assert.match(await other.request("GET", "/"), /at last/);
  assert.equal(platform.function("echo").state, "zero");
  assert.match(await client.request("GET", "/first"), /GET \/first$/);
});

test("a request whose client has ended its side is answered", async (t) => {
  const platform = await startFixtures(t);
  const client = new RawClient(platform.function("echo").port);
  t.after(() => client.close());
  client.send("GET /half HTTP/1.1\r\nhost: fixture\r\nconnection: close\r\n\r\n");
  client.endSending();
  assert.match(await client.untilEnd(), /GET \/half$/);
});

test("a body of many megabytes goes through unchanged while the function is still starting", async (t) => {
  const platform = await startFixtures(t);
  const body = Buffer.alloc(8 * 1024 * 1024, "0123456789abcdef");
  const response = await fetch(urlOf(platform, "echo"), { method: "POST", body });
  assert.ok(Buffer.from(await response.arrayBuffer()).equals(body));
});

test("the callers of a function that never becomes ready get an error", async (t) => {
  const platform = await startFixtures(t, { startTimeoutMs: 300 });
  const response = await fetch(urlOf(platform, "mute"));
  assert.equal(response.status, 503);
  assert.equal(await response.text(), "mute did not start\n");
  await platform.function("mute").waitForState("crashed");
  assert.match(platform.function("mute").snapshot().lastCrash?.message ?? "", /SIGKILL/);
});

test("a caller that gives up while a function starts is not waited for", async (t) => {
  const platform = await startFixtures(t, { idleWindowMs: 100 });
  await assert.rejects(fetch(urlOf(platform, "slow"), { signal: AbortSignal.timeout(100) }));
  await platform.function("slow").waitForState("ready");
  await platform.function("slow").waitForState("zero");
});

test("functions get Knative's variables and the addresses of what they call", async (t) => {
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
  assert.equal(await read("GREETING"), "hello", "the platform's own environment is passed on");
  assert.equal(await read("FROM_MANIFEST"), "yes");
});

test("a function with min: 1 has an instance from the start and always", async (t) => {
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
