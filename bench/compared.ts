import { medianIntervalOf } from "#measure/intervals.ts";
import { quantileOf, spreadOf } from "#measure/quantiles.ts";
import { compare, ratiosOf } from "./statistics.ts";

/** The same thing of this checkout and of what it is compared with: another commit, or a peer. */
export interface Sides<T> {
  /** That of this checkout. */
  readonly checkout: T;
  /** That of the other commit, or of the peer. */
  readonly reference: T;
}

/** One figure of both sides. */
export type Compared = ReturnType<typeof compareSamples>;

/** Samples of one figure with their quantiles, in the samples' unit. */
export type Sampled = ReturnType<typeof summarizeSamples>;

/** The names of both sides. */
export const sides = ["checkout", "reference"] as const;

/** Both sides in the order of a round: the second one has its turn first in every other round. */
export function inOrder(round: number) {
  return round % 2 === 0 ? sides : sides.toReversed();
}

/** Empty lists of samples for both sides. */
export function createSamples(): Sides<number[]> {
  return { checkout: [], reference: [] };
}

/** Creates a value for each side, one after the other. */
export async function forBoth<T>(
  create: (side: keyof Sides<unknown>) => T | Promise<T>,
): Promise<Sides<T>> {
  const checkout = await create("checkout");
  return { checkout, reference: await create("reference") };
}

/**
 * Compares samples of both sides.
 *
 * @param ratios the rounds' ratios; by default those of the samples, which are then one per round
 */
export function compareSamples(
  { checkout, reference }: Sides<readonly number[]>,
  ratios: readonly number[] = ratiosOf(checkout, reference),
) {
  return {
    checkout: summarizeSamples(checkout),
    reference: summarizeSamples(reference),
    /** This checkout over the reference, round by round. */
    ratio: spreadOf(ratios),
    /** 95 % interval of the ratios' median; null for fewer than six rounds. */
    interval: medianIntervalOf(ratios),
  };
}

function summarizeSamples(samples: readonly number[]) {
  return { p50: quantileOf(samples, 0.5), p90: quantileOf(samples, 0.9), samples };
}

/** Both sides over a floor that was measured in the same rounds. */
export function compareWithFloor(samples: Sides<readonly number[]>, floor: readonly number[]) {
  const ratioOf = (side: keyof Sides<unknown>) => compare(samples[side], floor);
  return { checkout: ratioOf("checkout"), reference: ratioOf("reference") };
}
