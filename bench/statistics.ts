import { quantileOf } from "#measure/quantiles.ts";

/**
 * The ratios of samples to a baseline, round by round: what made a whole round slow, such as a
 * neighbour on the machine, slowed both and drops out.
 */
export function ratiosOf(samples: readonly number[], baseline: readonly number[]): number[] {
  return samples.flatMap((sample, round) => {
    const base = baseline[round];
    return base === undefined || base === 0 ? [] : [sample / base];
  });
}

/** Times from a spawn until what was started answers, one for each round. */
export interface StartTimes {
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly samplesMs: readonly number[];
}

/** Start times with their quantiles. */
export function startTimesOf(samplesMs: readonly number[]): StartTimes {
  return { p50Ms: quantileOf(samplesMs, 0.5), p90Ms: quantileOf(samplesMs, 0.9), samplesMs };
}
