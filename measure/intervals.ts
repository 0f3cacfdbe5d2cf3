import { quantileOfSorted } from "./quantiles.ts";
import type { Random } from "./random.ts";

/** A figure with its 95 % bootstrap confidence interval, in the unit of the measurements. */
export interface Estimate {
  /** The statistic of all measurements. */
  readonly value: number;
  /** Lower bound; null below two samples. */
  readonly low: number | null;
  /** Upper bound; null below two samples. */
  readonly high: number | null;
}

/** Measurements grouped by sample: those of one sample are not independent of each other. */
export type Groups = readonly (readonly number[])[];

/** Number of bootstrap draws: with more, only the third digit of the bounds changes. */
const drawCount = 1000;

/**
 * Estimates statistics of all measurements, each with a 95 % percentile bootstrap interval (Efron).
 * Each draw takes whole samples with replacement, as many as there are. Below two samples there is
 * no interval.
 */
export function estimate<Name extends string>(
  groups: Groups,
  statistics: Readonly<Record<Name, (sorted: Float64Array) => number>>,
  random: Random,
): Record<Name, Estimate> {
  const names = Object.keys(statistics) as Name[];
  const sorted = Float64Array.from(groups.flat()).sort();
  const draws = groups.length < 2 ? [] : drawMany(groups, random);
  const entries = names.map((name) => {
    const statistic = statistics[name];
    return [name, withInterval(statistic(sorted), draws.map(statistic))] as const;
  });
  return Object.fromEntries(entries) as Record<Name, Estimate>;
}

/**
 * Ratio and difference of two conditions' medians, with bootstrap intervals; the samples of the two
 * are drawn independently.
 */
export function compareMedians(
  groups: Groups,
  reference: Groups,
  random: Random,
): { ratio: Estimate; differenceMs: Estimate } {
  const medianOf = (sorted: Float64Array) => quantileOfSorted(sorted, 0.5);
  const sortAll = (all: Groups) => Float64Array.from(all.flat()).sort();
  const value = medianOf(sortAll(groups));
  const base = medianOf(sortAll(reference));
  const canDraw = groups.length >= 2 && reference.length >= 2;
  const medians = canDraw ? drawMany(groups, random).map(medianOf) : [];
  const baseMedians = canDraw ? drawMany(reference, random).map(medianOf) : [];
  const pairs = medians.map((median, index) => [median, baseMedians[index] ?? base] as const);
  return {
    ratio: withInterval(
      value / base,
      pairs.map(([own, other]) => own / other),
    ),
    differenceMs: withInterval(
      value - base,
      pairs.map(([own, other]) => own - other),
    ),
  };
}

/** The statistics of a latency, for `estimate`. */
export const latencyStatistics = {
  median: (sorted: Float64Array) => quantileOfSorted(sorted, 0.5),
  p90: (sorted: Float64Array) => quantileOfSorted(sorted, 0.9),
  p95: (sorted: Float64Array) => quantileOfSorted(sorted, 0.95),
  p99: (sorted: Float64Array) => quantileOfSorted(sorted, 0.99),
  tailToMedian: (sorted: Float64Array) =>
    quantileOfSorted(sorted, 0.99) / quantileOfSorted(sorted, 0.5),
} as const;

/** The mean, for `estimate`. */
export const meanStatistic = {
  mean: (sorted: Float64Array) => sorted.reduce((sum, value) => sum + value, 0) / sorted.length,
} as const;

/**
 * The 95 % confidence interval of the median by order statistics (sign test), which assumes no
 * distribution: the narrowest pair of samples with the same rank from both ends that misses the
 * median in at most 5 % of cases. It is null for fewer than six samples.
 */
export function medianIntervalOf(samples: readonly number[]) {
  const sorted = Float64Array.from(samples).sort();
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

function drawMany(groups: Groups, random: Random): Float64Array[] {
  return Array.from({ length: drawCount }, () => {
    const drawn = groups.map(() => groups[Math.floor(random() * groups.length)] ?? []);
    return Float64Array.from(drawn.flat()).sort();
  });
}

function withInterval(value: number, draws: readonly number[]): Estimate {
  if (draws.length === 0) return { value: round(value), low: null, high: null };
  const sorted = Float64Array.from(draws).sort();
  const low = quantileOfSorted(sorted, 0.025);
  const high = quantileOfSorted(sorted, 0.975);
  return { value: round(value), low: round(low), high: round(high) };
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
