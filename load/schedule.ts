import type { Random } from "#measure/random.ts";

interface ArrivalPlan {
  /** `constant`: evenly spaced. `poisson`: independent, with exponential gaps. */
  readonly mode: "constant" | "poisson";
  readonly ratePerSecond: number;
  readonly durationMs: number;
}

/** The due times in milliseconds from the start, ascending; they do not depend on the shop. */
export function* planArrivals(plan: ArrivalPlan, random: Random): Generator<number> {
  const gapMs = 1000 / plan.ratePerSecond;
  if (plan.mode === "constant") {
    // A product, not a sum, so that no rounding error accumulates.
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
