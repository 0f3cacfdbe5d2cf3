import type { Random } from "#load/random.ts";
import type { Estimate } from "./summary.ts";

/** The value below which a share of the samples lies, interpolated (R's type 7); NaN without any. */
export function quantileOf(samples: readonly number[], share: number): number {
  return quantileOfSorted(Float64Array.from(samples).sort(), share);
}

/** The mean; NaN without any. */
export function meanOf(samples: readonly number[]): number {
  return samples.reduce((sum, sample) => sum + sample, 0) / samples.length;
}

/** Measurements by the sample that they are of: those of one sample are not independent. */
export type Groups = readonly (readonly number[])[];

/** How often is drawn; the bounds of a 95 % interval change in their third digit from here on. */
const drawCount = 1000;

/**
 * Estimates statistics of all measurements, each with a 95 % percentile bootstrap interval (Efron):
 * whole samples are drawn with replacement, as many as there are, and the statistics taken of what
 * was drawn. Below two samples there is nothing to draw, and no interval.
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

/** Ratio and difference of the medians of two conditions, whose samples are drawn independently. */
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

function quantileOfSorted(sorted: Float64Array, share: number): number {
  const position = (sorted.length - 1) * share;
  const below = sorted[Math.floor(position)] ?? Number.NaN;
  const above = sorted[Math.ceil(position)] ?? below;
  return below + (above - below) * (position - Math.floor(position));
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
