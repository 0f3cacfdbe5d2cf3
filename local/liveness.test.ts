import assert from "node:assert/strict";
import { test } from "node:test";
import { livenessProbe } from "#manifest/liveness-probe.ts";
import { startFixtures, urlOf } from "./fixtures/start-fixtures.ts";

const liveness = { ...livenessProbe, periodSeconds: 1, timeoutSeconds: 1 };
const headers = { connection: "close" };

test("a process that was stopped is replaced, and its requests are answered with 503", async (t) => {
  const lines: string[] = [];
  const platform = await startFixtures(t, { liveness, logs: (line) => lines.push(line) });
  const echo = platform.function("echo");
  await fetch(urlOf(platform, "echo"), { headers });
  process.kill(echo.snapshot().pid ?? 0, "SIGSTOP");
  const hanging = await fetch(urlOf(platform, "echo"), { headers });
  assert.equal(hanging.status, 503);
  const expected =
    "echo was ended by SIGKILL: it failed 3 liveness probes in a row: no answer within 1 s";
  const { lastCrash } = echo.snapshot();
  assert.deepEqual([lastCrash?.message, lastCrash?.count], [expected, 1]);
  assert.ok(lines.some((line) => line.includes(expected)));
  assert.equal((await fetch(urlOf(platform, "echo"), { headers })).status, 200);
  assert.equal(echo.snapshot().starts, 2);
});

test("a process whose event loop is blocked is replaced", async (t) => {
  const platform = await startFixtures(t, { liveness });
  const response = await fetch(urlOf(platform, "crasher", "/block"), { headers });
  assert.equal(response.status, 503);
  assert.match(platform.function("crasher").snapshot().lastCrash?.message ?? "", /liveness probes/);
  assert.equal((await fetch(urlOf(platform, "crasher"), { headers })).status, 200);
});

test("probes do not keep a function from scaling to zero", async (t) => {
  const frequent = { ...liveness, periodSeconds: 0.1 };
  const platform = await startFixtures(t, { liveness: frequent, idleWindowMs: 1000 });
  await fetch(urlOf(platform, "echo"), { headers });
  await platform.function("echo").waitForState("zero");
  assert.equal(platform.function("echo").snapshot().lastCrash, null);
});
