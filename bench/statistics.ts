/** Where the middle half of some samples lies. */
export interface Spread {
  readonly median: number;
  /** First quartile. */
  readonly q1: number;
  /** Third quartile. */
  readonly q3: number;
}

/** Median and quartiles, interpolated between samples; all 0 without any sample. */
export function spreadOf(samples: readonly number[]): Spread {
  const sorted = samples.toSorted((a, b) => a - b);
  return { median: quantile(sorted, 0.5), q1: quantile(sorted, 0.25), q3: quantile(sorted, 0.75) };
}

/** A confidence interval. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * The 95 % confidence interval of the median, whatever the distribution (of the sign test): the
 * narrowest pair of samples, equally far from both ends, that misses the median in at most 5 % of
 * cases; null for fewer than six samples, which have none.
 */
export function medianIntervalOf(samples: readonly number[]): Interval | null {
  const sorted = samples.toSorted((a, b) => a - b);
  const count = sorted.length;
  // The binomial probability that at most `left` of the samples are below the median.
  let left = -1;
  let term = 0.5 ** count;
  for (let sum = term; sum <= 0.025; sum += term) {
    left += 1;
    term *= (count - left) / (left + 1);
  }
  const low = sorted[left];
  const high = sorted[count - 1 - left];
  return low === undefined || high === undefined ? null : { low, high };
}

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

/** The value below which a share of the samples lies; 0 without any. */
export function quantileOf(samples: readonly number[], share: number): number {
  return quantile(
    samples.toSorted((a, b) => a - b),
    share,
  );
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

function quantile(sorted: readonly number[], share: number): number {
  const position = (sorted.length - 1) * share;
  const below = sorted[Math.floor(position)] ?? 0;
  const above = sorted[Math.ceil(position)] ?? below;
  return below + (above - below) * (position - Math.floor(position));
}
