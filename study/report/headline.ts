import { compareMedians, estimate, latencyStatistics } from "#measure/intervals.ts";
import { createRandom, type Random } from "#measure/random.ts";
import { type CallRow, totalStep } from "../records/call-row.ts";
import { groupLatencies } from "../records/summarize.ts";
import type { ConditionSummary, StepSummary } from "../records/summary.ts";
import type { ReportRun } from "./read-runs.ts";

/**
 * The calls that a condition's latency is computed from, and the result. `step` may also be the
 * number of steps that are combined.
 */
export interface Headline extends Omit<StepSummary, "phasesMs" | "attributed" | "clockSkewMs"> {
  /** Name of the condition. */
  readonly condition: string;
  /** Calls that succeeded. */
  readonly rows: readonly CallRow[];
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
    const { steps } = condition;
    const only = steps.length === 1 ? steps[0] : undefined;
    const step = steps.find((each) => each.step === totalStep) ?? only;
    if (step === undefined) return poolSteps(condition, own, reference, base, random);
    const rows = own.filter((row) => row.isOk && row.step === step.step);
    return { ...step, condition: condition.condition, rows, summary: condition };
  });
}

function poolSteps(
  summary: ConditionSummary,
  own: readonly CallRow[],
  reference: string | null,
  base: readonly CallRow[],
  random: Random,
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
