import { quantileOf } from "#measure/quantiles.ts";

/**
 * The ratios of samples to reference samples, round by round. What slows a whole round, such as other
 * load on the machine, slows both and cancels out. Rounds whose reference is 0 are left out.
 */
export function ratiosOf(samples: readonly number[], reference: readonly number[]): number[] {
  return samples.flatMap((sample, round) => {
    const base = reference[round];
    return base === undefined || base === 0 ? [] : [sample / base];
  });
}

/** Start times in milliseconds, from the spawn to the first answer; one sample for each round. */
export type StartTimes = ReturnType<typeof startTimesOf>;

/** Summarizes start times. */
export function startTimesOf(samplesMs: readonly number[]) {
  return { p50Ms: quantileOf(samplesMs, 0.5), p90Ms: quantileOf(samplesMs, 0.9), samplesMs };
}
