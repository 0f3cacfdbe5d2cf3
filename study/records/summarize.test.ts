import assert from "node:assert/strict";
import { test } from "node:test";
import { aCall, aRun, aSample } from "./fixtures/results.ts";
import { summarize } from "./summarize.ts";

const latencies = { cold: [100, 200], warm: [10, 30] } as const;

function results() {
  const run = aRun();
  const calls = run.plan.map(({ sample, condition, repetition }) => {
    const latencyMs = latencies[condition as "cold" | "warm"][repetition] ?? 0;
    const phases = { gateway: latencyMs / 4, handler: (latencyMs * 3) / 4 };
    return aCall({
      sample,
      condition,
      repetition,
      latencyMs,
      phases,
      isCold: condition === "cold",
    });
  });
  const samples = run.plan.map((planned) => aSample({ ...planned, podSeconds: { a: 2, b: 3 } }));
  return { run, calls, samples };
}

test("a summary has medians, phases whose sum is the mean, pod-seconds, and the ratio to the reference", () => {
  const { run, calls, samples } = results();
  const summary = summarize(run, samples, calls);
  assert.equal(summary.isComplete, true);
  const [cold, warm] = summary.conditions;
  assert.equal(cold?.steps[0]?.latencyMs?.median.value, 150);
  assert.equal(cold.steps[0].versusReference, null);
  assert.deepEqual(cold.steps[0].phasesMs, { gateway: 37.5, handler: 112.5 });
  assert.equal(cold.podSeconds?.value, 5);
  assert.equal(warm?.steps[0]?.versusReference?.ratio.value, 0.133);
  assert.equal(warm.steps[0].versusReference.differenceMs.value, -130);
  assert.equal(warm.steps[0].cold, 0);
});

test("rejected attempts are counted with their reasons, and failed calls have no latency", () => {
  const { run, calls, samples } = results();
  const rejected = aSample({ verdict: "rejected", reason: "an instance ran", podSeconds: {} });
  const failed = aCall({ isOk: false, status: "UNAVAILABLE", latencyMs: 60_000, call: 1 });
  const summary = summarize(run, [rejected, rejected, ...samples.slice(1)], [...calls, failed]);
  assert.equal(summary.isComplete, false);
  const [cold] = summary.conditions;
  assert.deepEqual(cold?.rejections, [{ reason: "an instance ran", count: 2 }]);
  assert.deepEqual([cold.samples, cold.rejected], [1, 2]);
  assert.equal(cold.steps[0]?.failed, 1);
  assert.equal(cold.steps[0].latencyMs?.p99.value, 199);
});

test("the same results give the same summary to the last digit", () => {
  const { run, calls, samples } = results();
  assert.deepEqual(summarize(run, samples, calls), summarize(run, samples, calls));
});

test("cold starts are summarized by function", () => {
  const { run, calls, samples } = results();
  const coldStart = (waitMs: number) => ({
    call: 0,
    step: "GET /",
    function: "cartservice",
    waitMs,
    phases: { node: waitMs / 2, modules: waitMs / 2 },
  });
  const withColdStarts = samples.map((sample, index) =>
    sample.condition === "cold"
      ? { ...sample, coldStarts: [coldStart(100 + 100 * index)] }
      : sample,
  );
  assert.deepEqual(summarize(run, withColdStarts, calls).conditions[0]?.functions, [
    {
      function: "cartservice",
      coldStarts: 2,
      waitMs: { q1: 150, median: 200, q3: 250 },
      phasesMs: { node: 100, modules: 100 },
    },
  ]);
});
