import { existsSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { BackendError } from "#backends/backend-error.ts";
import { formatMs } from "#measure/format.ts";
import { createProgress } from "#measure/progress.ts";
import { createRandom } from "#measure/random.ts";
import { ConfigError } from "#runtime/environment.ts";
import type { StudyPlatform } from "../platforms/platform.ts";
import type { PlatformSettings } from "../records/run-file.ts";
import { findRunFolders, RunFolder } from "../records/run-folder.ts";
import { formatSummary } from "../report/format-summary.ts";
import { writeReport } from "../report/write-report.ts";
import { readExperiments } from "./read-experiments.ts";
import {
  type RunContext,
  runExperiment,
  type StudyOutcome,
  type StudyProgress,
} from "./run-experiment.ts";
import { warmUpWith } from "./send-call.ts";
import { startRun } from "./start-run.ts";
import { type RawRunOptions, readRunOptions } from "./study-options.ts";

const interruptedExitCode = 130;

/**
 * The verb `study run`. It sets the exit code: 0 if all samples were taken, 1 if some were not, 2 for
 * a wrong file or option, 130 if the user interrupted it.
 */
export function runCommand(): Command {
  return new Command("run")
    .description("Run experiments, one after the other, and write their results to a folder.")
    .argument("<file...>", "files of experiments, or names from study list")
    .requiredOption(
      "--platform <kind>",
      "local, or knative: the deployed shop of kubectl's context",
    )
    .option("--out <folder>", "where results are written (default: study-PLATFORM-TIME)")
    .option("--only <condition...>", "measure only these conditions")
    .option("--repetitions <n>", "samples of each condition (default: as in the file)")
    .option("--namespace <name>", "where the shop is deployed", "shop")
    .option("--context <name>", "kubectl's context (default: the current one)")
    .option("--gateway <host:port>", "the public gateway (default: looked up)")
    .option("--internal-gateway <host:port>", "the cluster-local gateway (default: looked up)")
    .option("--floor-image <image>", "a busybox image, for deployment floor")
    .option(
      "--baseline-image <image>",
      "the called function built the usual way, for deployment baseline",
    )
    .option("--monolith-image <image>", "the whole shop as one function, for deployment monolith")
    .allowExcessArguments(false)
    .action(async (files: string[], raw: RawRunOptions) => {
      const now = new Date();
      const options = readRunOptions(raw, now);
      const read = readExperiments(files, options.settings.kind, options.only);
      const folders = read.map((each) => {
        const folder = new RunFolder(join(options.out, each.experiment.name));
        return { folder, run: startRun(each, options.settings, options, now) };
      });
      refuseOld(folders.map(({ folder }) => folder));
      for (const { folder, run } of folders) folder.create(run);
      await runFolders(
        folders.map(({ folder }) => folder),
        options.out,
      );
    });
}

/** The verb `study resume`: takes the missing samples of a run. Exit codes as `study run`. */
export function resumeCommand(): Command {
  return new Command("resume")
    .description("Continue an interrupted run: take its missing samples.")
    .argument("<folder>", "the output of study run")
    .allowExcessArguments(false)
    .action(async (path: string) => {
      const folders = findRunFolders(path);
      for (const folder of folders) folder.repair();
      await runFolders(folders, path);
    });
}

function refuseOld(folders: readonly RunFolder[]): void {
  const old = folders.filter(({ path }) => existsSync(join(path, "run.json")));
  if (old.length === 0) return;
  throw new ConfigError(
    old.map(
      ({ path }) => `${path} already contains results: use shop study resume, or another --out`,
    ),
  );
}

// All experiments of a run have the same platform, which is opened once.
async function runFolders(folders: readonly RunFolder[], path: string): Promise<void> {
  const [first] = folders;
  if (first === undefined) return;
  const { settings, seed } = first.readRun();
  const interrupt = new AbortController();
  // The second signal exits at once; the next run then restores the Services.
  const onSignal = () =>
    interrupt.signal.aborted ? process.exit(interruptedExitCode) : interrupt.abort();
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  try {
    const platform = await openPlatform(settings, seed).catch((error: unknown) => {
      if (error instanceof BackendError) throw new ConfigError([error.message]);
      throw error;
    });
    try {
      await runInTurn(folders, path, { platform, signal: interrupt.signal });
    } finally {
      await platform.close();
    }
  } finally {
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
  }
}

async function runInTurn(
  folders: readonly RunFolder[],
  path: string,
  context: Pick<RunContext, "platform" | "signal">,
): Promise<void> {
  for (const folder of folders) {
    const line = createProgress(process.stderr, { intervalMs: 5000 });
    const onProgress = (progress: StudyProgress) => line.update(formatProgress(progress));
    const outcome = await runExperiment(folder, { ...context, onProgress });
    line.clear();
    process.stdout.write(`${formatSummary(folder.readSummary())}\n\n`);
    if (!reportOutcome(outcome, path)) break;
  }
  process.stdout.write(`results are in ${path}, the report is ${await writeReport(path)}\n`);
}

// Only the code of the kind that is used is loaded.
async function openPlatform(settings: PlatformSettings, seed: number): Promise<StudyPlatform> {
  if (settings.kind === "local") {
    const { openLocalPlatform } = await import("../platforms/local-platform.ts");
    return openLocalPlatform({ warmUp: warmUpWith(createRandom(seed, 0xffff_fffe)) });
  }
  const { openKnativePlatform } = await import("../platforms/knative-platform.ts");
  return openKnativePlatform(settings);
}

function formatProgress(progress: StudyProgress): string {
  const { experiment, condition, doneCount, plannedCount, rejectedCount, medianMs } = progress;
  const rejected = rejectedCount === 0 ? "" : `, ${rejectedCount} rejected`;
  const median = Number.isNaN(medianMs) ? "" : `, median ${formatMs(medianMs)}`;
  const left = plannedCount - doneCount;
  return `${experiment}: ${doneCount} done, ${left} left${rejected}; ${condition}${median}`;
}

/** Whether the next experiment may start. */
function reportOutcome(outcome: StudyOutcome, path: string): boolean {
  const goOn = `continue with: shop study resume ${path}`;
  switch (outcome.kind) {
    case "complete":
      return true;
    case "given up":
      process.stderr.write(`shop: ${outcome.missing} samples were rejected each time; ${goOn}\n`);
      process.exitCode = 1;
      return true;
    case "stopped":
      process.stderr.write(`shop: the run stopped: ${outcome.message}; ${goOn}\n`);
      process.exitCode = 1;
      return false;
    case "interrupted":
      process.stderr.write(`shop: interrupted, all complete samples are kept; ${goOn}\n`);
      process.exitCode = interruptedExitCode;
      return false;
  }
}
