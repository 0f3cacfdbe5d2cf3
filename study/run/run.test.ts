import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { type Platform, startPlatform } from "#local/platform.ts";
import { type LocalStudyPlatform, openLocalPlatform } from "../platforms/local-platform.ts";
import { localSettings, tinyExperiment } from "../records/fixtures/results.ts";
import { RunFolder } from "../records/run-folder.ts";
import { type RunContext, runExperiment } from "./run-experiment.ts";
import { warmUpWith } from "./send-call.ts";
import { startRun } from "./start-run.ts";

function openFolder(t: TestContext, only?: readonly string[]) {
  const path = mkdtempSync(join(tmpdir(), "study-"));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  const folder = new RunFolder(path);
  folder.create(startRun(tinyExperiment, localSettings, { repetitions: 2, only }, new Date()));
  return folder;
}

async function openPlatform(t: TestContext, started: Platform[] = []): Promise<LocalStudyPlatform> {
  const platform = await openLocalPlatform({
    warmUp: warmUpWith(() => 0.5),
    start: async (policy, folder) => {
      const platform = await startPlatform({
        ports: "free",
        logs: "ignore",
        dataDir: folder,
        idleWindowMs: policy.windowMs,
        env: {},
      });
      started.push(platform);
      return platform;
    },
  });
  t.after(() => platform.close());
  return platform;
}

function run(folder: RunFolder, platform: LocalStudyPlatform, changes: Partial<RunContext> = {}) {
  return runExperiment(folder, { platform, signal: new AbortController().signal, ...changes });
}

test("an experiment on real functions has cold and warm samples, each with its phases", async (t) => {
  const folder = openFolder(t);
  const lines: number[] = [];
  const platform = await openPlatform(t);
  const outcome = await run(folder, platform, {
    onProgress: ({ doneCount }) => lines.push(doneCount),
  });
  assert.deepEqual(outcome, { kind: "complete" });
  assert.equal(lines.at(-1), 4);
  const calls = folder.readCalls();
  assert.equal(calls.length, 4);
  for (const { condition, isOk, isCold, phases, latencyMs, functions } of calls) {
    assert.equal(isOk, true);
    assert.equal(isCold, condition === "cold");
    assert.equal(functions.currencyservice === "cold", condition === "cold");
    const sumMs = Object.values(phases ?? {}).reduce((sum, durationMs) => sum + durationMs, 0);
    assert.ok(Math.abs(sumMs - latencyMs) < 0.1, `${sumMs} of ${latencyMs} ms`);
    if (condition === "cold") assert.ok((phases?.modules ?? 0) > 0 && (phases?.node ?? 0) > 0);
  }
  for (const { condition, zero, podSeconds } of folder.readSamples()) {
    assert.deepEqual(zero?.instances, condition === "cold" ? [] : undefined);
    assert.ok((podSeconds.currencyservice ?? 0) > 0.5, "the window is counted");
  }
  const summary = folder.readSummary();
  assert.equal(summary.isComplete, true);
  assert.equal(summary.platform, "local");
  assert.match(summary.platformDescription, /emulates/);
  const [cold, warm] = summary.conditions;
  assert.ok((warm?.steps[0]?.versusReference?.ratio.value ?? 1) < 1, "warm is faster than cold");
  assert.equal(cold?.functions[0]?.function, "currencyservice");
});

test("an interrupted run keeps its samples and is resumed with the missing ones", async (t) => {
  const folder = openFolder(t, ["cold"]);
  const platform = await openPlatform(t);
  const interrupt = new AbortController();
  const outcome = await run(folder, platform, {
    signal: interrupt.signal,
    onProgress: ({ doneCount }) => {
      if (doneCount === 1) interrupt.abort();
    },
  });
  assert.deepEqual(outcome, { kind: "interrupted" });
  const [first] = folder.readCalls();
  assert.equal(folder.readCalls().length, 1);
  assert.equal(folder.readSummary().isComplete, false);

  folder.repair();
  assert.deepEqual(await run(folder, platform), { kind: "complete" });
  const calls = folder.readCalls();
  assert.deepEqual(
    calls.map(({ sample }) => sample),
    [0, 1],
  );
  assert.deepEqual(calls[0], first);
  assert.deepEqual(await run(folder, platform), { kind: "complete" }, "nothing is left to do");
  assert.equal(folder.readCalls().length, 2);
});

test("the run records the measured code: commit, and the digest of each bundle", async (t) => {
  const folder = openFolder(t, ["warm"]);
  const platform = await openPlatform(t);
  await run(folder, platform);
  const { code } = folder.readRun().platform ?? {};
  assert.match(code?.commit ?? "", /^[0-9a-f]{40}$/);
  assert.equal(typeof code?.isDirty, "boolean");
  const { currencyservice, ...others } = code?.programs ?? {};
  assert.equal(Object.keys(others).length, 9);
  const bundle = readFileSync(
    join(import.meta.dirname, "../../functions", "currencyservice", "dist", "index.cjs"),
  );
  const sha256 = createHash("sha256").update(bundle).digest("hex");
  assert.deepEqual(currencyservice, { kind: "bundle", sha256 });
  assert.deepEqual(
    folder.readRun().warnings.filter((line) => /other code/.test(line)),
    [],
  );
});

test("a run that is resumed with other code gets a warning", async (t) => {
  const folder = openFolder(t, ["warm"]);
  const platform = await openPlatform(t);
  const code = { commit: "ab".repeat(20), isDirty: true, programs: {} };
  folder.writeRun({ ...folder.readRun(), platform: { ...platform.info, code } });
  await run(folder, platform);
  const warning = `some samples, taken before a resume, measured other code: commit ${code.commit} with changes`;
  assert.ok(folder.readRun().warnings.includes(warning));
});

test("a sample before which a function ran is rejected, counted and taken again", async (t) => {
  const folder = openFolder(t, ["cold"]);
  const platform = await openPlatform(t);
  const verifyZero = platform.verifyZero.bind(platform);
  let looks = 0;
  platform.verifyZero = async () => {
    const proof = await verifyZero();
    return looks++ === 0 ? { ...proof, instances: ["currencyservice 4711"] } : proof;
  };
  let rejected = 0;
  const outcome = await run(folder, platform, {
    onProgress: ({ rejectedCount }) => {
      rejected = rejectedCount;
    },
  });
  assert.deepEqual(outcome, { kind: "complete" });
  assert.equal(rejected, 1);
  const [first, second] = folder.readSamples();
  assert.deepEqual([first?.verdict, first?.attempt], ["rejected", 0]);
  assert.deepEqual([second?.verdict, second?.attempt, second?.sample], ["kept", 1, first?.sample]);
  assert.deepEqual(folder.readSummary().conditions[0]?.rejections, [
    { reason: "an instance ran right before the sample", count: 1 },
  ]);
});

test("a platform that dies stops the run with a message, and the run can be resumed", async (t) => {
  const folder = openFolder(t, ["cold"]);
  const started: Platform[] = [];
  const platform = await openPlatform(t, started);
  const outcome = await run(folder, platform, {
    onProgress: ({ doneCount }) => {
      if (doneCount === 1) void started[0]?.close();
    },
  });
  assert.equal(outcome.kind, "stopped");
  assert.match(outcome.message, /^the local platform at http:\S+ no longer responds$/);
  assert.equal(folder.readCalls().length, 1);

  const other = await openPlatform(t);
  assert.deepEqual(await run(folder, other), { kind: "complete" });
  assert.equal(folder.readCalls().length, 2);
});
