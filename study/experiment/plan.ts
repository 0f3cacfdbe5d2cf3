import type { Random } from "#measure/random.ts";

/** One sample to be taken. */
export interface PlannedSample {
  /** Number in the plan, from 0. */
  readonly sample: number;
  /** Name of the condition. */
  readonly condition: string;
  /** Number of the condition's repetition, from 0. */
  readonly repetition: number;
}

/**
 * Plans the samples in randomised complete blocks: each repetition is a block with every condition
 * once, in random order, so that changes during a run affect all
 * conditions alike.
 */
export function planSamples(
  conditions: readonly string[],
  repetitions: number,
  random: Random,
): PlannedSample[] {
  const plan: PlannedSample[] = [];
  for (let repetition = 0; repetition < repetitions; repetition++) {
    for (const condition of shuffle(conditions, random)) {
      plan.push({ sample: plan.length, condition, repetition });
    }
  }
  return plan;
}

// Fisher and Yates: all orders are equally likely.
function shuffle<T>(items: readonly T[], random: Random): T[] {
  const shuffled = [...items];
  for (let index = shuffled.length - 1; index > 0; index--) {
    const other = Math.floor(random() * (index + 1));
    const item = shuffled[index] as T;
    shuffled[index] = shuffled[other] as T;
    shuffled[other] = item;
  }
  return shuffled;
}
