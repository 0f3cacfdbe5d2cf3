import type { Random } from "#measure/random.ts";

/** When the requests of an open loop are due, whatever the shop does. */
export interface ArrivalPlan {
  /** `constant`: evenly spaced. `poisson`: independent of each other, exponential gaps. */
  readonly mode: "constant" | "poisson";
  /** Arrivals per second, on average. */
  readonly ratePerSecond: number;
  /** Only arrivals before this many milliseconds are due. */
  readonly durationMs: number;
}

/** The due times in milliseconds from the start, ascending. */
export function* planArrivals(plan: ArrivalPlan, random: Random): Generator<number> {
  const gapMs = 1000 / plan.ratePerSecond;
  if (plan.mode === "constant") {
    // A product, not a sum: after an hour the times are still exact.
    for (let index = 0; index * gapMs < plan.durationMs; index++) yield index * gapMs;
    return;
  }
  let atMs = exponential(random) * gapMs;
  while (atMs < plan.durationMs) {
    yield atMs;
    atMs += exponential(random) * gapMs;
  }
}

function exponential(random: Random): number {
  return -Math.log(1 - random());
}
