import { createRandom } from "#measure/random.ts";
import {
  type ArrivalResult,
  type LoopContext,
  noArrivals,
  sleepUnlessEnding,
} from "./loop-context.ts";
import { pickTask, planTask, startTask } from "./scenario.ts";
import { Session } from "./session.ts";

/**
 * Users who wait for a page, think, and continue: a slow shop gets fewer requests. They start one
 * after the other, each with its own stream of the seed.
 */
export async function runClosedLoop(context: LoopContext): Promise<ArrivalResult> {
  let startedCount = 0;
  const { users, spawnRatePerSecond } = context.options;
  const work = Array.from({ length: users }, async (_, index) => {
    await sleepUnlessEnding((index * 1000) / spawnRatePerSecond, context.ending);
    if (context.ending.aborted) return;
    context.setActive(++startedCount);
    await runUser(context, index);
  });
  await Promise.all(work);
  return noArrivals;
}

async function runUser({ options, session: shared, ending }: LoopContext, index: number) {
  const random = createRandom(options.seed, index);
  const session = new Session(shared);
  try {
    for (let task = startTask; !ending.aborted; task = pickTask(random)) {
      await session.perform(planTask(task, random, new Date()), performance.now());
      const rangeMs = options.maxThinkTimeMs - options.minThinkTimeMs;
      await sleepUnlessEnding(options.minThinkTimeMs + random() * rangeMs, ending);
    }
  } finally {
    session.close();
  }
}
