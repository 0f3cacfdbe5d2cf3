import type { Estimate } from "#measure/intervals.ts";
import type { Deployment } from "../experiment/experiment.ts";
import type { PhaseTimes } from "./phases.ts";
import type { PlatformKind, SkippedCondition } from "./run-file.ts";

/** The latency of one step under one condition, over all calls that were answered. Milliseconds. */
export interface LatencyEstimates {
  readonly median: Estimate;
  readonly p90: Estimate;
  readonly p95: Estimate;
  readonly p99: Estimate;
  /** The 99th percentile in terms of the median (TMR): above 10 is called problematic. */
  readonly tailToMedian: Estimate;
}

/** The same step under this condition and under the reference. */
export interface ReferenceComparison {
  readonly reference: string;
  /** This median in terms of the reference's. */
  readonly ratio: Estimate;
  /** This median less the reference's, in milliseconds. */
  readonly differenceMs: Estimate;
}

/** What one step was like under one condition. */
export interface StepSummary {
  readonly step: string;
  /** Calls that were answered as they should be: what the latencies are of. */
  readonly n: number;
  /** Calls that were not. */
  readonly failed: number;
  /** Calls of `n` that met a cold start. */
  readonly cold: number;
  /** Null when `n` is 0. */
  readonly latencyMs: LatencyEstimates | null;
  /** Mean milliseconds of each phase, over the calls that have any: their sum is the mean latency. */
  readonly phasesMs: PhaseTimes;
  /** How many calls the phases are of. */
  readonly attributed: number;
  /** The largest clock skew that was seen, in milliseconds; null without any trace. */
  readonly clockSkewMs: number | null;
  /** Null for the reference itself and where there is none. */
  readonly versusReference: ReferenceComparison | null;
}

/** One function's cold starts under one condition. */
export interface FunctionSummary {
  readonly function: string;
  readonly coldStarts: number;
  /** Milliseconds that callers waited for this one function, its own dependencies included; quartiles. */
  readonly waitMs: { readonly q1: number; readonly median: number; readonly q3: number };
  /** Mean milliseconds of each phase. */
  readonly phasesMs: PhaseTimes;
}

/** What was measured under one condition. */
export interface ConditionSummary {
  readonly condition: string;
  readonly deployment: Deployment;
  /** Samples that the plan has. */
  readonly planned: number;
  /** Samples that were kept. */
  readonly samples: number;
  /** Attempts that were rejected. */
  readonly rejected: number;
  /** Why, each reason once, with its count. */
  readonly rejections: readonly { readonly reason: string; readonly count: number }[];
  /** Mean over the samples; null without any. On the local platform these are process-seconds. */
  readonly podSeconds: Estimate | null;
  /** The entry's steps in their order; `total` last. */
  readonly steps: readonly StepSummary[];
  /** By name. */
  readonly functions: readonly FunctionSummary[];
}

/** `summary.json`, computed from the other files. */
export interface Summary {
  readonly format: "hipster-shop-study-summary/2";
  readonly experiment: string;
  readonly title: string;
  /** Where it was measured: figures of the local platform are not Knative's. */
  readonly platform: PlatformKind;
  readonly platformDescription: string;
  /** Whether every sample of the plan was taken. */
  readonly isComplete: boolean;
  readonly conditions: readonly ConditionSummary[];
  readonly skipped: readonly SkippedCondition[];
  readonly warnings: readonly string[];
}
