import type { Random } from "#measure/random.ts";

/** One sample that is to be taken. */
export interface PlannedSample {
  /** Its number in the plan, from 0. */
  readonly sample: number;
  readonly condition: string;
  /** Which of the condition's repetitions it is, from 0. */
  readonly repetition: number;
}

/**
 * Plans the samples in randomised complete blocks: each repetition is a block that holds every
 * condition once, in an order of its own, so that whatever changes during a run meets all
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

// Fisher and Yates: every order is as likely as the others.
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
