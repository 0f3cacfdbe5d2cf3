import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import {
  fixtureFunctionsDir,
  isRunning,
  makeTemporaryDir,
  startFixtures,
  urlOf,
  waitUntil,
} from "./fixtures/start-fixtures.ts";
import { startPlatform } from "./platform.ts";

test("close stops all processes, including starting ones, and frees the ports", async (t) => {
  const platform = await startFixtures(t);
  await fetch(urlOf(platform, "echo"));
  const starting = fetch(urlOf(platform, "mute")).catch(() => undefined);
  await platform.function("mute").waitForState("starting");
  const pids = platform.functions.flatMap((each) => each.snapshot().pid ?? []);
  assert.ok(pids.length >= 2);

  await platform.close();
  await platform.close();
  await starting;
  for (const pid of pids) assert.ok(!isRunning(pid), `process ${pid} still runs`);
  await assert.rejects(fetch(urlOf(platform, "echo")));
  await assert.rejects(fetch(platform.urls.console));
});

test("rejects with each port that is in use and its variable", async (t) => {
  const taken = createServer();
  taken.listen(0, "127.0.0.1");
  await once(taken, "listening");
  t.after(() => taken.close());
  const address = taken.address();
  const port = typeof address === "object" && address ? address.port : 0;
  const others = { crasher: 0, echo: port, mute: 0, slow: 0, warm: 0, console: port };
  const start = startPlatform({
    functionsDir: fixtureFunctionsDir,
    ports: others,
    dataDir: await makeTemporaryDir(t),
    logs: "ignore",
  });
  await assert.rejects(start, {
    name: "ConfigError",
    message: [
      `port ${port} for echo is in use: set ECHO_PORT to a free port`,
      `port ${port} for the console is in use: set CONSOLE_PORT to a free port`,
    ].join("\n"),
  });
});

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  test(`${signal} stops the platform and its functions within two seconds with exit code 0`, async (t) => {
    const { child, pids } = await startPlatformProcess(t);
    const startMs = performance.now();
    child.kill(signal);
    const [code] = await once(child, "exit");
    assert.equal(code, 0);
    assert.ok(performance.now() - startMs < 2000);
    for (const pid of pids) assert.ok(!isRunning(pid), `process ${pid} still runs`);
  });
}

test("functions exit when the platform is killed", async (t) => {
  const { child, pids } = await startPlatformProcess(t);
  child.kill("SIGKILL");
  await once(child, "exit");
  await waitUntil(() => pids.every((pid) => !isRunning(pid)));
});

async function startPlatformProcess(
  t: TestContext,
): Promise<{ child: ChildProcess; pids: number[] }> {
  const child = fork(join(import.meta.dirname, "fixtures", "platform-process.ts"), {
    env: { ...process.env, DATA_DIR: await makeTemporaryDir(t) },
  });
  t.after(() => child.kill("SIGKILL"));
  const [ports] = await once(child, "message");
  const response = await fetch(`http://127.0.0.1:${ports.echo}/`);
  await fetch(`http://127.0.0.1:${ports.slow}/`);
  return { child, pids: [Number(response.headers.get("x-pid"))] };
}
