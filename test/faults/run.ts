import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";
import { basename, join } from "node:path";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { buildConsolePage } from "#local/console/build.ts";
import { bundleFunctions } from "../../bundle/bundle-functions.ts";
import { type Figures, formatFigures, readFigures } from "./figures.ts";

// `npm run test:faults`: the table of faults with full counts on the local platform, or with `--cluster`
// on a shop that it deploys to the cluster of KUBECONFIG. Other arguments are names of test files, and
// options of `npm run test:knative`. `npm test` and `npm run test:knative` run the same files with short counts.

const root = join(import.meta.dirname, "..", "..");
const boundMs = 10 * 60_000;

process.env.FAULTS = "full";
const options = process.argv.slice(2);
const names = options.filter((argument) => !argument.startsWith("--"));
process.exitCode = options.includes("--cluster") ? runOnCluster() : await runLocally();

function runOnCluster(): number {
  const files = findFiles("test/faults/cluster/*.cluster.test.ts");
  const program = join(root, "test", "knative", "run.ts");
  const more = options.filter((argument) => argument.startsWith("--") && argument !== "--cluster");
  const args = [program, ...files.map(nameOf), ...more];
  const { status } = spawnSync(process.execPath, args, { stdio: "inherit" });
  return status ?? 1;
}

async function runLocally(): Promise<number> {
  const files = findFiles("test/faults/*.test.ts").map((file) => join(root, file));
  await Promise.all([bundleFunctions(), buildConsolePage()]);
  const startMs = performance.now();
  const figures: Figures[] = [];
  let failed = 0;
  // One file after the other: figures under load are wrong if another shop uses the same processors.
  const signal = AbortSignal.timeout(boundMs);
  const tests = run({ files, cwd: root, concurrency: false, timeout: boundMs, signal })
    .on("test:fail", () => {
      failed += 1;
    })
    .on("test:diagnostic", ({ message }) => {
      const read = readFigures(message);
      if (read) figures.push(read);
    });
  for await (const chunk of tests.compose(new spec())) process.stdout.write(chunk);
  const seconds = Math.round((performance.now() - startMs) / 1000);
  process.stdout.write(`\n${formatFigures(figures)}\n\nended after ${seconds} s\n`);
  return failed === 0 ? 0 : 1;
}

function findFiles(pattern: string): string[] {
  const files = globSync(pattern, { cwd: root }).sort();
  const unknown = names.filter((name) => !files.map(nameOf).includes(name));
  if (files.length > 0 && unknown.length === 0) {
    return files.filter((file) => names.length === 0 || names.includes(nameOf(file)));
  }
  const missing = unknown.length > 0 ? ` with the name ${unknown.join(", ")}` : "";
  process.stderr.write(`there is no test file ${pattern}${missing}\n`);
  process.exit(2);
}

function nameOf(file: string): string {
  return basename(file, ".test.ts");
}
