import {
  compareMedians,
  estimate,
  type Groups,
  latencyStatistics,
  meanStatistic,
} from "#measure/intervals.ts";
import { quantileOf } from "#measure/quantiles.ts";
import { createRandom, type Random } from "#measure/random.ts";
import { type CallRow, totalStep } from "./call-row.ts";
import { averagePhases, type PhaseTimes, phaseTimes } from "./phases.ts";
import type { RunFile } from "./run-file.ts";
import type { SampleRecord } from "./sample-record.ts";
import type { ConditionSummary, FunctionSummary, StepSummary, Summary } from "./summary.ts";

/** Computes `summary.json`; the same results and seed give the same summary. */
export function summarize(
  run: RunFile,
  samples: readonly SampleRecord[],
  calls: readonly CallRow[],
): Summary {
  const { experiment, plan, skipped, warnings, settings, platform } = run;
  const kept = samples.filter(({ verdict }) => verdict === "kept");
  const random = createRandom(run.seed, 0xffff_ffff);
  const skippedNames = new Set(skipped.map(({ condition }) => condition));
  const conditions = experiment.conditions.filter(({ name }) => !skippedNames.has(name));
  return {
    format: "hipster-shop-study-summary/2",
    experiment: experiment.name,
    title: experiment.title,
    platform: settings.kind,
    platformDescription: platform?.description ?? "",
    isComplete: kept.length === plan.length,
    conditions: conditions.map(({ name, deployment }) => ({
      condition: name,
      deployment,
      planned: plan.filter(({ condition }) => condition === name).length,
      ...summarizeSamples(
        samples.filter(({ condition }) => condition === name),
        random,
      ),
      steps: summarizeSteps(name, experiment.reference, calls, random),
    })),
    skipped,
    warnings,
  };
}

type SamplesSummary = Pick<
  ConditionSummary,
  "samples" | "rejected" | "rejections" | "podSeconds" | "functions"
>;

function summarizeSamples(samples: readonly SampleRecord[], random: Random): SamplesSummary {
  const kept = samples.filter(({ verdict }) => verdict === "kept");
  const reasons = Map.groupBy(
    samples.flatMap(({ reason }) => reason ?? []),
    (reason) => reason,
  );
  const prices = kept.map(({ podSeconds }) => [
    Object.values(podSeconds).reduce((sum, seconds) => sum + seconds, 0),
  ]);
  return {
    samples: kept.length,
    rejected: samples.length - kept.length,
    rejections: [...reasons].map(([reason, { length: count }]) => ({ reason, count })),
    podSeconds: prices.length === 0 ? null : estimate(prices, meanStatistic, random).mean,
    functions: summarizeFunctions(kept),
  };
}

function summarizeFunctions(kept: readonly SampleRecord[]): FunctionSummary[] {
  const byFunction = Map.groupBy(
    kept.flatMap(({ coldStarts }) => coldStarts),
    (coldStart) => coldStart.function,
  );
  return [...byFunction]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, coldStarts]) => {
      const waits = coldStarts.map(({ waitMs }) => waitMs);
      const at = (share: number) => round(quantileOf(waits, share));
      return {
        function: name,
        coldStarts: coldStarts.length,
        waitMs: { q1: at(0.25), median: at(0.5), q3: at(0.75) },
        phasesMs: roundPhases(averagePhases(coldStarts.map((coldStart) => coldStart.phases))),
      };
    });
}

function summarizeSteps(
  condition: string,
  reference: string | null,
  calls: readonly CallRow[],
  random: Random,
): StepSummary[] {
  const own = groupSteps(calls, condition);
  const base =
    reference === null || reference === condition ? undefined : groupSteps(calls, reference);
  return [...own].map(([step, rows]) => {
    const attributed = rows.filter(({ isOk, phases }) => isOk && phases !== null);
    const skews = attributed.flatMap(({ clockSkewMs }) => clockSkewMs ?? []);
    // The only step of a condition is compared with the only step of the reference, also under another
    // name: a function's RPC with the page of the smallest server.
    const other =
      base?.get(step) ?? (own.size === 1 && base?.size === 1 ? [...base.values()][0] : undefined);
    const { versusReference, ...figures } = summarizeCalls(rows, other ?? [], reference, random);
    return {
      step,
      ...figures,
      phasesMs: roundPhases(averagePhases(attributed.map((row) => row.phases ?? {}))),
      attributed: attributed.length,
      clockSkewMs: skews.length === 0 ? null : round(Math.max(...skews)),
      versusReference,
    };
  });
}

/** The latency of some calls, compared with the calls of the reference if both have some. */
export function summarizeCalls(
  calls: readonly CallRow[],
  others: readonly CallRow[],
  reference: string | null,
  random: Random,
): Omit<StepSummary, "step" | "phasesMs" | "attributed" | "clockSkewMs"> {
  const answered = calls.filter(({ isOk }) => isOk);
  const groups = groupLatencies(answered);
  const otherGroups = groupLatencies(others.filter(({ isOk }) => isOk));
  const isCompared = reference !== null && groups.length > 0 && otherGroups.length > 0;
  return {
    n: answered.length,
    failed: calls.length - answered.length,
    cold: answered.filter(({ isCold }) => isCold).length,
    latencyMs: groups.length === 0 ? null : estimate(groups, latencyStatistics, random),
    versusReference: isCompared
      ? { reference, ...compareMedians(groups, otherGroups, random) }
      : null,
  };
}

function groupSteps(calls: readonly CallRow[], condition: string): Map<string, CallRow[]> {
  const own = calls.filter((row) => row.condition === condition);
  const steps = [...Map.groupBy(own, ({ step }) => step)];
  return new Map(steps.toSorted(([a], [b]) => Number(a === totalStep) - Number(b === totalStep)));
}

/** Latencies grouped by sample. */
export function groupLatencies(rows: readonly CallRow[]): Groups {
  const bySample = Map.groupBy(rows, ({ sample }) => sample);
  return [...bySample.values()].map((group) => group.map(({ latencyMs }) => latencyMs));
}

function roundPhases(times: PhaseTimes): PhaseTimes {
  return phaseTimes((phase) => round(times[phase] ?? 0));
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
