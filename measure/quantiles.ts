/** Median and quartiles of some samples, in the samples' unit. */
export interface Spread {
  /** The median. */
  readonly median: number;
  /** First quartile. */
  readonly q1: number;
  /** Third quartile. */
  readonly q3: number;
}

/**
 * The value below which a share of the samples lies, interpolated between samples (R's default,
 * type 7); NaN without samples.
 *
 * @param share from 0 to 1
 */
export function quantileOf(samples: readonly number[], share: number): number {
  return quantileOfSorted(Float64Array.from(samples).sort(), share);
}

/** `quantileOf` for samples in ascending order, which it does not sort again. */
export function quantileOfSorted(sorted: Float64Array, share: number): number {
  const position = (sorted.length - 1) * share;
  const below = sorted[Math.floor(position)] ?? Number.NaN;
  const above = sorted[Math.ceil(position)] ?? below;
  return below + (above - below) * (position - Math.floor(position));
}

/** Median and quartiles; NaN without samples. */
export function spreadOf(samples: readonly number[]): Spread {
  const sorted = Float64Array.from(samples).sort();
  const at = (share: number) => quantileOfSorted(sorted, share);
  return { median: at(0.5), q1: at(0.25), q3: at(0.75) };
}

/** The mean; NaN without samples. */
export function meanOf(samples: readonly number[]): number {
  return samples.reduce((sum, sample) => sum + sample, 0) / samples.length;
}
