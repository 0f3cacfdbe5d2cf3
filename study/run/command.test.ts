import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { ConfigError } from "#runtime/environment.ts";
import { aCall, aRun, aSample, localSettings } from "../records/fixtures/results.ts";
import { RunFolder } from "../records/run-folder.ts";
import { studyCommand } from "./command.ts";

function openDirectory(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), "study-"));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

function study(...args: string[]): Promise<unknown> {
  return studyCommand().exitOverride().parseAsync(args, { from: "user" });
}

/** The lines of the ConfigError that a command throws. */
async function refusalOf(...args: string[]): Promise<string[]> {
  const error = await study(...args).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof ConfigError, String(error));
  return error.message.split("\n");
}

test("every mistake of every file is reported before anything is measured", async (t) => {
  const folder = openDirectory(t);
  const file = join(folder, "short.yaml");
  const head = "name: short\ntitle: T\nquestion: Q\nentry: { kind: page, page: home }\n";
  writeFileSync(file, `${head}policy: { window: 2s }\nconditions:\n  - name: a\n`);
  const out = join(folder, "out");
  assert.deepEqual(
    await refusalOf("run", file, "nothing.yaml", "--platform", "knative", "--out", out),
    [
      `${file}:7:5: window is 2s: Knative accepts whole seconds from 6s to 1h`,
      "nothing.yaml cannot be read: ENOENT",
    ],
  );
  assert.equal(existsSync(out), false);
});

test("wrong options are reported together", async () => {
  assert.deepEqual(
    await refusalOf("run", "one-function-cold", "--platform", "cloud", "--repetitions", "0"),
    [
      '--platform is "cloud": expected local or knative',
      '--repetitions is "0": expected a whole number from 1',
    ],
  );
  assert.deepEqual(
    await refusalOf("run", "one-function-cold", "--platform", "local", "--only", "hot"),
    ['--only is "hot": expected one of floor, cold, baseline, warm'],
  );
});

test("results are not overwritten", async (t) => {
  const out = openDirectory(t);
  new RunFolder(join(out, "one-function-cold")).create(aRun());
  const [line = ""] = await refusalOf(
    "run",
    "one-function-cold",
    "--platform",
    "local",
    "--out",
    out,
  );
  assert.match(line, /one-function-cold already contains results: use shop study resume/);
});

test("results of local and Knative, or of different experiments, are not compared", async (t) => {
  const path = openDirectory(t);
  const write = (name: string, run: ReturnType<typeof aRun>) => {
    const folder = new RunFolder(join(path, name));
    folder.create(run);
    folder.append(aSample(), [aCall()]);
    return folder.path;
  };
  const local = write("local", aRun());
  const knative = write("knative", aRun({ settings: { ...localSettings, kind: "knative" } }));
  const { experiment } = aRun();
  const other = write("other", aRun({ experiment: { ...experiment, name: "other" } }));
  const [mixed = ""] = await refusalOf("compare", local, knative);
  assert.match(mixed, /measured on local and on knative/);
  const [strange = ""] = await refusalOf("compare", local, other);
  assert.match(strange, /have no experiment in common/);
});
