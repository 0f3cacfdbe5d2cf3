import { cpus, loadavg, totalmem } from "node:os";
import { createRandom } from "#measure/random.ts";
import type { Condition } from "../experiment/experiment.ts";
import { planSamples } from "../experiment/plan.ts";
import type { ReadExperiment } from "../experiment/read-experiment.ts";
import { explainNotKnative } from "../platforms/check-knative.ts";
import { explainNotLocal } from "../platforms/local-platform.ts";
import type {
  MachineInfo,
  PlatformSettings,
  RunFile,
  SkippedCondition,
} from "../records/run-file.ts";

/** Changes of an experiment by the user. */
export interface RunChanges {
  /** Samples of each condition; undefined for the file's number. */
  readonly repetitions: number | undefined;
  /** Names of conditions; undefined for all. */
  readonly only: readonly string[] | undefined;
}

/** Plans an experiment on a platform: the content of `run.json` before the first sample. */
export function startRun(
  { experiment: written, text }: Pick<ReadExperiment, "experiment" | "text">,
  settings: PlatformSettings,
  { repetitions = written.repetitions, only }: RunChanges,
  startedAt: Date,
): RunFile {
  const experiment = { ...written, repetitions };
  const asked = experiment.conditions.filter(({ name }) => only?.includes(name) ?? true);
  const skipped = asked.flatMap((condition) => explainSkipped(condition, settings));
  const skippedNames = new Set(skipped.map(({ condition }) => condition));
  const names = asked.map(({ name }) => name).filter((name) => !skippedNames.has(name));
  const { seed } = experiment;
  return {
    format: "hipster-shop-study/2",
    startedAt: startedAt.toISOString(),
    experiment: { ...experiment, conditions: asked },
    text,
    settings,
    platform: null,
    machine: describeMachine(),
    seed,
    plan: planSamples(names, repetitions, createRandom(seed)),
    skipped,
    warnings: findBusyCpu(),
  };
}

function explainSkipped(condition: Condition, settings: PlatformSettings): SkippedCondition[] {
  const reason =
    settings.kind === "local"
      ? explainNotLocal(condition)
      : explainNotKnative(condition, settings.images);
  return reason === undefined ? [] : [{ condition: condition.name, reason }];
}

function describeMachine(): MachineInfo {
  const [first] = cpus();
  return {
    platform: process.platform,
    arch: process.arch,
    cpuModel: first?.model ?? "unknown",
    cpuCount: cpus().length,
    memoryBytes: totalmem(),
  };
}

/** A warning if more than half of the CPUs are busy before the run. */
function findBusyCpu(): string[] {
  const [lastMinute = 0] = loadavg();
  const count = cpus().length;
  if (lastMinute <= count / 2) return [];
  const load = lastMinute.toFixed(1);
  return [`the machine was busy before the run: a load average of ${load} on ${count} CPUs`];
}
