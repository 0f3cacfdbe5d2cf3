import assert from "node:assert/strict";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { isRunning, startFixtures, waitUntil } from "./fixtures/start-fixtures.ts";

const functionsDir = join(import.meta.dirname, "fixtures", "sweeping");

/** Starts the fixture that sweeps; `code` is the exit code of each sweep, empty for one that stays. */
async function startSweeping(t: TestContext, code: string, sweepIntervalMs: number) {
  const lines: string[] = [];
  const platform = await startFixtures(t, {
    functionsDir,
    env: { ...process.env, SWEEP_EXIT_CODE: code },
    sweepIntervalMs,
    logs: (line) => lines.push(line),
  });
  const sweeps = () =>
    lines
      .map((line) => JSON.parse(line) as { sweep?: string; pid: number; message?: string })
      .filter(({ sweep }) => sweep !== undefined);
  return { platform, lines, sweeps };
}

test("runs the program with the argument sweep at each interval, which wakes the function", async (t) => {
  const { platform, lines, sweeps } = await startSweeping(t, "0", 100);
  assert.equal(platform.function("sweeper").state, "zero");
  await waitUntil(() => sweeps().length >= 2);
  assert.deepEqual(
    sweeps()
      .slice(0, 2)
      .map(({ sweep }) => sweep),
    ["1", "2"],
  );
  assert.equal(platform.function("sweeper").snapshot().starts, 1);
  assert.equal(lines.length, sweeps().length, lines.join("\n"));
});

test("logs a sweep that fails, and runs the next one", async (t) => {
  const { lines, sweeps } = await startSweeping(t, "1", 100);
  await waitUntil(() => sweeps().length >= 2);
  const failures = lines.filter((line) => line.includes("the sweep of sweeper exited with code 1"));
  assert.ok(failures.length >= 1, lines.join("\n"));
});

test("starts no second sweep while one runs, and ends it when the platform closes", async (t) => {
  const { platform, lines, sweeps } = await startSweeping(t, "", 20);
  await waitUntil(() => sweeps().length === 1);
  // Many intervals long, each request of the function is this test's.
  const endMs = performance.now() + 300;
  for (let count = 2; performance.now() < endMs; count += 1) {
    const response = await fetch(`http://${platform.function("sweeper").address}/`);
    assert.equal(await response.text(), String(count));
  }
  const [{ pid } = assert.fail("no sweep")] = sweeps();
  assert.ok(isRunning(pid));
  const startMs = performance.now();
  await platform.close();
  assert.ok(performance.now() - startMs < 2000);
  assert.ok(!isRunning(pid));
  assert.equal(lines.filter((line) => line.includes("the sweep")).length, 0, lines.join("\n"));
});

test("runs no sweep if the interval is 0", async (t) => {
  const { platform, lines } = await startSweeping(t, "0", 0);
  const response = await fetch(`http://${platform.function("sweeper").address}/`);
  assert.equal(await response.text(), "1");
  assert.deepEqual(lines, []);
});
