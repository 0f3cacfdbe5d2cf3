import { isDeepStrictEqual } from "node:util";
import { BackendError } from "#backends/backend-error.ts";
import { quantileOf } from "#measure/quantiles.ts";
import type { Condition } from "../experiment/experiment.ts";
import type { PlannedSample } from "../experiment/plan.ts";
import type { StudyPlatform } from "../platforms/platform.ts";
import { type CallRow, totalStep } from "../records/call-row.ts";
import type { RunFile } from "../records/run-file.ts";
import type { RunFolder } from "../records/run-folder.ts";
import { summarize } from "../records/summarize.ts";
import { takeSample } from "./take-sample.ts";

/** The progress of an experiment. */
export interface StudyProgress {
  /** Name of the experiment. */
  readonly experiment: string;
  /** The condition of the last sample. */
  readonly condition: string;
  /** Samples that were kept. */
  readonly doneCount: number;
  /** Samples in the plan. */
  readonly plannedCount: number;
  /** Attempts that were rejected. */
  readonly rejectedCount: number;
  /** Median latency of the condition's calls so far; NaN before the first. */
  readonly medianMs: number;
}

/** How an experiment ended. */
export type StudyOutcome =
  | { readonly kind: "complete" }
  /** Some samples were rejected at each attempt. */
  | { readonly kind: "given up"; readonly missing: number }
  | { readonly kind: "interrupted" }
  /** The platform is unreachable; the message has the reason. */
  | { readonly kind: "stopped"; readonly message: string };

/** The input of a run, besides its folder. */
export interface RunContext {
  /** The measured platform. */
  readonly platform: StudyPlatform;
  /** Interrupts the run. */
  readonly signal: AbortSignal;
  /** Called after each sample. */
  readonly onProgress?: (progress: StudyProgress) => void;
}

/** Attempts at a sample. */
const maxAttempts = 3;

/**
 * Takes the missing samples of a plan, and writes the summary, however the run ends. Existing samples
 * are kept.
 */
export async function runExperiment(
  folder: RunFolder,
  { platform, signal, onProgress }: RunContext,
): Promise<StudyOutcome> {
  const run = recordPlatform(folder, platform, await platform.findDisturbances());
  const state = new RunState(folder, run);
  let outcome: StudyOutcome = { kind: "complete" };
  try {
    for (const planned of state.missing()) {
      onProgress?.(state.progress(planned));
      await takeUntilKept(state, planned, { platform, signal });
      onProgress?.(state.progress(planned));
    }
    const missing = state.missing().length;
    if (missing > 0) outcome = { kind: "given up", missing };
  } catch (error) {
    if (signal.aborted && error === signal.reason) outcome = { kind: "interrupted" };
    else outcome = { kind: "stopped", message: await explainStop(platform, error) };
  }
  folder.writeSummary(summarize(folder.readRun(), folder.readSamples(), folder.readCalls()));
  return outcome;
}

async function takeUntilKept(
  state: RunState,
  planned: PlannedSample,
  { platform, signal }: Pick<RunContext, "platform" | "signal">,
): Promise<void> {
  const condition = state.conditionOf(planned);
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    signal.throwIfAborted();
    const { seed } = state.run;
    const taken = await takeSample({ platform, condition, planned, attempt, seed, signal });
    state.add(taken);
    if (taken.record.verdict === "kept") return;
  }
}

// A failed call may be the first sign of an unreachable platform.
async function explainStop(platform: StudyPlatform, error: unknown): Promise<string> {
  if (error instanceof BackendError) return error.message;
  try {
    await platform.checkAlive();
  } catch (gone) {
    if (gone instanceof BackendError) return gone.message;
  }
  throw error;
}

/** Records the platform and its disturbances at the time of the samples. */
function recordPlatform(
  folder: RunFolder,
  platform: StudyPlatform,
  found: readonly string[],
): RunFile {
  const run = folder.readRun();
  const warnings = [...new Set([...run.warnings, ...findCodeChange(run, platform), ...found])];
  const noted = { ...run, platform: platform.info, warnings };
  folder.writeRun(noted);
  return noted;
}

/** A resumed run measures the code that is checked out now. */
function findCodeChange(
  { platform: before }: RunFile,
  { info: { code } }: StudyPlatform,
): string[] {
  if (!before?.code || isDeepStrictEqual(before.code, code)) return [];
  const state = before.code.isDirty ? " with changes" : "";
  return [
    `some samples, taken before a resume, measured other code: commit ${before.code.commit}${state}`,
  ];
}

class RunState {
  readonly run: RunFile;
  readonly #folder: RunFolder;
  readonly #kept: Set<number>;
  readonly #latencies = new Map<string, number[]>();
  #rejectedCount = 0;

  constructor(folder: RunFolder, run: RunFile) {
    this.#folder = folder;
    this.run = run;
    const samples = folder.readSamples();
    this.#kept = new Set(
      samples.flatMap(({ verdict, sample }) => (verdict === "kept" ? sample : [])),
    );
    this.#rejectedCount = samples.filter(({ verdict }) => verdict === "rejected").length;
    this.#record(folder.readCalls());
  }

  missing(): PlannedSample[] {
    return this.run.plan.filter(({ sample }) => !this.#kept.has(sample));
  }

  conditionOf({ condition }: PlannedSample): Condition {
    const found = this.run.experiment.conditions.find(({ name }) => name === condition);
    if (found) return found;
    throw new Error(`the plan names ${condition}, which is not a condition of the experiment`);
  }

  add({ record, rows }: Awaited<ReturnType<typeof takeSample>>): void {
    this.#folder.append(record, rows);
    if (record.verdict === "kept") this.#kept.add(record.sample);
    else this.#rejectedCount++;
    this.#record(rows);
  }

  progress({ condition }: PlannedSample): StudyProgress {
    return {
      experiment: this.run.experiment.name,
      condition,
      doneCount: this.#kept.size,
      plannedCount: this.run.plan.length,
      rejectedCount: this.#rejectedCount,
      medianMs: quantileOf(this.#latencies.get(condition) ?? [], 0.5),
    };
  }

  // For a visit only the total counts: its steps differ too much.
  #record(rows: readonly CallRow[]): void {
    const withTotal = new Set(
      rows.flatMap(({ step, sample }) => (step === totalStep ? sample : [])),
    );
    for (const { condition, step, sample, isOk, latencyMs } of rows) {
      if (!isOk || (withTotal.has(sample) && step !== totalStep)) continue;
      this.#latencies.set(condition, [...(this.#latencies.get(condition) ?? []), latencyMs]);
    }
  }
}
