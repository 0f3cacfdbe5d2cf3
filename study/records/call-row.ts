import type { PlannedSample } from "../experiment/plan.ts";
import type { PhaseTimes } from "./phases.ts";
import type { SentStep } from "./sent-step.ts";

/** The step that represents all steps of a visit. Its latency is the sum of theirs. */
export const totalStep = "total";

/** Whether a call met a function that was starting, or one that was running. */
export type FunctionState = "cold" | "warm";

/**
 * One request and its result: a row of `calls.csv`. For a `total`, `step` is that and `traceId` is
 * empty.
 */
export interface CallRow extends PlannedSample, Omit<SentStep, "serverTiming"> {
  /** Number of the arrival within its sample, from 0. */
  readonly call: number;
  /** Whether the request met the cold start of any function. */
  readonly isCold: boolean;
  /** The functions that took part, cold or warm. */
  readonly functions: Readonly<Record<string, FunctionState>>;
  /** Null if the trace is missing or was not read. */
  readonly phases: PhaseTimes | null;
  /**
   * Milliseconds by which the function's span lies outside the time in which the client waited: a
   * lower bound of the difference between the two clocks. Null without a trace.
   */
  readonly clockSkewMs: number | null;
}
