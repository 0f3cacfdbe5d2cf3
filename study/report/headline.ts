import { createRandom } from "#measure/random.ts";
import { type CallRow, totalStep } from "../records/call-row.ts";
import { summarizeCalls } from "../records/summarize.ts";
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
  return summary.conditions.map((each) => {
    const { condition, steps } = each;
    const own = calls.filter((row) => row.condition === condition);
    const answered = own.filter(({ isOk }) => isOk);
    const only = steps.length === 1 ? steps[0] : undefined;
    const step = steps.find(({ step: name }) => name === totalStep) ?? only;
    if (step !== undefined) {
      const rows = answered.filter((row) => row.step === step.step);
      return { ...step, condition, rows, summary: each };
    }
    const base = calls.filter((row) => row.condition === reference && reference !== condition);
    const figures = summarizeCalls(own, base, reference, random);
    const combined = steps.length === 0 ? "no step" : `all ${steps.length} steps`;
    return { ...figures, condition, step: combined, rows: answered, summary: each };
  });
}
