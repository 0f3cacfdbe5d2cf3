import { compareMedians, estimate, latencyStatistics } from "#measure/intervals.ts";
import { createRandom, type Random } from "#measure/random.ts";
import { type CallRow, totalStep } from "../records/call-row.ts";
import { groupLatencies } from "../records/summarize.ts";
import type {
  ConditionSummary,
  LatencyEstimates,
  ReferenceComparison,
  StepSummary,
} from "../records/summary.ts";
import type { ReportRun } from "./read-runs.ts";

/** The calls that a condition's latency is computed from, and the result. */
export interface Headline extends Pick<StepSummary, "n" | "failed" | "cold"> {
  /** Name of the condition. */
  readonly condition: string;
  /** The step, or the number of steps that are combined. */
  readonly step: string;
  /** Calls that succeeded. */
  readonly rows: readonly CallRow[];
  /** Null if no call succeeded. */
  readonly latencyMs: LatencyEstimates | null;
  /** Null for the reference itself, and if there is none. */
  readonly versusReference: ReferenceComparison | null;
  /** The condition's results. */
  readonly summary: ConditionSummary;
}

/**
 * Finds the main figure of each condition: the total of a visit, or its only step. Visits that
 * differ have no total; their pages are combined.
 */
export function findHeadlines({ run, calls, summary }: ReportRun): Headline[] {
  const random = createRandom(run.seed, 0xffff_fffe);
  const { reference } = run.experiment;
  const base = calls.filter(({ condition }) => condition === reference);
  return summary.conditions.map((condition) => {
    const own = calls.filter((row) => row.condition === condition.condition);
    const step = condition.steps.find(isTotal) ?? only(condition.steps);
    if (step === undefined) return poolSteps(condition, own, { reference, base, random });
    const rows = own.filter((row) => row.isOk && row.step === step.step);
    return { ...step, condition: condition.condition, rows, summary: condition };
  });
}

function isTotal({ step }: StepSummary): boolean {
  return step === totalStep;
}

function only<T>(items: readonly T[]): T | undefined {
  return items.length === 1 ? items[0] : undefined;
}

interface Baseline {
  readonly reference: string | null;
  readonly base: readonly CallRow[];
  readonly random: Random;
}

function poolSteps(
  summary: ConditionSummary,
  own: readonly CallRow[],
  { reference, base, random }: Baseline,
): Headline {
  const { condition, steps } = summary;
  const rows = own.filter(({ isOk }) => isOk);
  const groups = groupLatencies(rows);
  const others = groupLatencies(base.filter(({ isOk }) => isOk));
  const isCompared =
    reference !== null && reference !== condition && groups.length > 0 && others.length > 0;
  return {
    condition,
    step: steps.length === 0 ? "no step" : `all ${steps.length} steps`,
    n: rows.length,
    failed: own.length - rows.length,
    cold: rows.filter(({ isCold }) => isCold).length,
    rows,
    latencyMs: rows.length === 0 ? null : estimate(groups, latencyStatistics, random),
    versusReference: isCompared ? { reference, ...compareMedians(groups, others, random) } : null,
    summary,
  };
}
