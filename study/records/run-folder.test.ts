import assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { ConfigError } from "#runtime/environment.ts";
import { writeCallRow } from "./calls-csv.ts";
import { aCall, aRun, aSample } from "./fixtures/results.ts";
import { findRunFolders, RunFolder } from "./run-folder.ts";

function openFolder(t: TestContext) {
  const path = mkdtempSync(join(tmpdir(), "study-"));
  t.after(() => rmSync(path, { recursive: true }));
  const folder = new RunFolder(join(path, "tiny"));
  folder.create(aRun());
  return { path, folder };
}

test("written results are read back unchanged", (t) => {
  const { folder } = openFolder(t);
  const row = aCall({
    functions: { frontend: "cold", cartservice: "warm" },
    step: "GET /product/{id}",
    phases: { gateway: 2.5, node: 40 },
    clockSkewMs: 0.25,
    status: 'not "the page", sadly',
  });
  const bare = aCall({ phases: null, clockSkewMs: null, functions: {} });
  const sample = aSample({});
  folder.append(sample, [row, bare]);
  assert.deepEqual(folder.readCalls(), [row, bare]);
  assert.deepEqual(folder.readSamples(), [sample]);
  assert.deepEqual(folder.readRun(), aRun());
});

test("an incomplete sample of a killed run is removed by a repair", (t) => {
  const { folder } = openFolder(t);
  folder.append(aSample({ sample: 0 }), [aCall({ sample: 0 })]);
  const whole = writeCallRow(aCall({ sample: 1, call: 0 }));
  appendFileSync(join(folder.path, "calls.csv"), `${whole}1,cold,0,1,GET /,17955`);
  appendFileSync(join(folder.path, "samples.jsonl"), '{"sample":1,"verd');
  assert.equal(folder.readCalls().length, 1);
  folder.repair();
  folder.append(aSample({ sample: 1 }), [aCall({ sample: 1 })]);
  assert.deepEqual(
    folder.readCalls().map(({ sample }) => sample),
    [0, 1],
  );
  assert.equal(readFileSync(join(folder.path, "calls.csv"), "utf8").split("\n").length, 4);
});

test("folders are found at a path and below it; a path without any is an error", (t) => {
  const { path, folder } = openFolder(t);
  assert.deepEqual(findRunFolders(path), [folder]);
  assert.deepEqual(findRunFolders(folder.path), [folder]);
  assert.throws(() => findRunFolders(join(path, "nothing")), ConfigError);
  const file = join(folder.path, "calls.csv");
  assert.throws(() => findRunFolders(file), {
    message: `${file} contains no results: expected a folder that shop study run wrote`,
  });
});
