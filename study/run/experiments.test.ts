import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { createRandom } from "#measure/random.ts";
import { listExperimentFiles } from "../experiment/experiment-files.ts";
import { readExperimentFile } from "../experiment/read-experiment.ts";
import { diurnalShare, generateDay, storefrontDay, writeDay } from "../experiments/generate-day.ts";
import { checkForKnative } from "../platforms/check-knative.ts";

test("each experiment of this repository can run on Knative", () => {
  const read = listExperimentFiles().map((file) => readExperimentFile(file));
  assert.equal(read.length, 7);
  for (const { experiment } of read) assert.deepEqual(checkForKnative(experiment), []);
});

test("the day's file is what its program writes", () => {
  const file = readFileSync(join(import.meta.dirname, "../experiments/storefront-day.csv"), "utf8");
  assert.equal(file, writeDay(1));
});

test("the day has a quiet night and its busiest hour in the evening", () => {
  const hours = Array.from({ length: 24 }, (_, hour) => hour);
  const byShare = hours.toSorted((a, b) => diurnalShare(a) - diurnalShare(b));
  assert.ok((byShare[0] ?? 0) >= 2 && (byShare[0] ?? 0) <= 5);
  assert.equal(byShare.at(-1), 19);
  const counts = hours.map(() => 0);
  for (let seed = 0; seed < 20; seed++) {
    for (const atMs of generateDay(storefrontDay, createRandom(seed))) {
      const hour = Math.floor((atMs / storefrontDay.durationMs) * 24);
      counts[hour] = (counts[hour] ?? 0) + 1;
    }
  }
  const share = (counts[4] ?? 0) / (counts[19] ?? 1);
  assert.ok(share < 0.06, `the night has ${share} of the evening's visits`);
});
