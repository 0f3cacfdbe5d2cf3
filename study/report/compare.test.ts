import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandom } from "#measure/random.ts";
import { ConfigError } from "#runtime/environment.ts";
import { aCall, aRun, localSettings } from "../records/fixtures/results.ts";
import { compareResults, type Results } from "./compare.ts";

function results(
  latencyOf: (sample: number) => number,
  changes: Parameters<typeof aRun>[0] = {},
): Results {
  const calls = Array.from({ length: 20 }, (_, sample) =>
    aCall({ sample, latencyMs: latencyOf(sample) }),
  );
  return { run: aRun(changes), calls };
}

test("a faster step is reported with its interval, an unchanged one as unchanged", () => {
  const before = results((sample) => 200 + sample);
  const compare = (after: Results) => compareResults(before, after, createRandom(1)).steps[0];
  const faster = compare(results((sample) => 100 + sample));
  assert.equal(faster?.change, "faster");
  assert.equal(faster.differenceMs.value, -100);
  assert.equal(compare(results((sample) => 300 + sample))?.change, "slower");
  assert.equal(compare(results((sample) => 201 + sample))?.change, "none shown");
});

test("the two kinds of platform are never compared", () => {
  const before = results(() => 1);
  const after = results(() => 1, { settings: { ...localSettings, kind: "knative" } });
  assert.throws(() => compareResults(before, after, createRandom(1)), {
    name: ConfigError.name,
    message: /tiny was measured on local and on knative/,
  });
});

test("other differences between the runs are reported", () => {
  const before = results(() => 1);
  const machine = { ...before.run.machine, cpuCount: 8 };
  const after = results(() => 1, { machine, text: "other", warnings: ["it was busy"] });
  const { notes } = compareResults(before, after, createRandom(1));
  assert.deepEqual(notes, [
    "note: the experiment's file is not the same",
    "note: the machines differ: 2 x a CPU, 8 x a CPU",
    "note: after: it was busy",
  ]);
});
