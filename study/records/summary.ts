import type { compareMedians, Estimate, latencyStatistics } from "#measure/intervals.ts";
import type { Spread } from "#measure/quantiles.ts";
import type { Deployment } from "../experiment/experiment.ts";
import type { PhaseTimes } from "./phases.ts";
import type { PlatformKind, SkippedCondition } from "./run-file.ts";

/**
 * The latency of one step under one condition, over all calls that succeeded: quantiles in
 * milliseconds, and `tailToMedian` (TMR), p99 divided by the median. A value above 10 is considered
 * problematic.
 */
export type LatencyEstimates = Readonly<Record<keyof typeof latencyStatistics, Estimate>>;

/** A step under this condition, compared with the same step under the reference. */
export interface ReferenceComparison extends MedianComparison {
  /** Name of the reference condition. */
  readonly reference: string;
}

/** This median divided by the other, and minus the other in milliseconds. */
export type MedianComparison = Readonly<ReturnType<typeof compareMedians>>;

/** The results of one step under one condition. */
export interface StepSummary {
  /** A page, an RPC, or `total`. */
  readonly step: string;
  /** Calls that succeeded. The latencies are theirs. */
  readonly n: number;
  /** Calls that failed. */
  readonly failed: number;
  /** Calls of `n` that met a cold start. */
  readonly cold: number;
  /** Null if `n` is 0. */
  readonly latencyMs: LatencyEstimates | null;
  /** Mean milliseconds of each phase, over the calls that have phases. Their sum is the mean latency. */
  readonly phasesMs: PhaseTimes;
  /** Number of calls with phases. */
  readonly attributed: number;
  /** The largest clock skew, in milliseconds; null without any trace. */
  readonly clockSkewMs: number | null;
  /** Null for the reference itself and if there is none. */
  readonly versusReference: ReferenceComparison | null;
}

/** One function's cold starts under one condition. */
export interface FunctionSummary {
  /** Name of the function. */
  readonly function: string;
  /** Number of its cold starts. */
  readonly coldStarts: number;
  /** Quartiles of the milliseconds that callers waited for it, including its own dependencies. */
  readonly waitMs: Spread;
  /** Mean milliseconds of each phase. */
  readonly phasesMs: PhaseTimes;
}

/** The results of one condition. */
export interface ConditionSummary {
  /** Name of the condition. */
  readonly condition: string;
  /** How the functions were deployed. */
  readonly deployment: Deployment;
  /** Samples in the plan. */
  readonly planned: number;
  /** Samples that were kept. */
  readonly samples: number;
  /** Attempts that were rejected. */
  readonly rejected: number;
  /** The reasons for rejections, each once, with its count. */
  readonly rejections: readonly { readonly reason: string; readonly count: number }[];
  /** Mean over the samples; null without any. Process-seconds on the local platform. */
  readonly podSeconds: Estimate | null;
  /** The steps in order; `total` is last. */
  readonly steps: readonly StepSummary[];
  /** Sorted by name. */
  readonly functions: readonly FunctionSummary[];
}

/** `summary.json`, computed from the other files. */
export interface Summary {
  /** The version of this file. */
  readonly format: "hipster-shop-study-summary/2";
  /** Name of the experiment. */
  readonly experiment: string;
  /** Title of the experiment. */
  readonly title: string;
  /** The kind of the measured platform. Figures of the local platform are not Knative's. */
  readonly platform: PlatformKind;
  /** One line that describes the platform; empty if it was never opened. */
  readonly platformDescription: string;
  /** Whether every sample of the plan was taken. */
  readonly isComplete: boolean;
  /** In the order of the experiment. */
  readonly conditions: readonly ConditionSummary[];
  /** Conditions that were not measured. */
  readonly skipped: readonly SkippedCondition[];
  /** Sentences about possible disturbances of the measurements. */
  readonly warnings: readonly string[];
}
