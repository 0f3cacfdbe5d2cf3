import type { FuzzedShop } from "./shop/fuzzed-shop.ts";
import type { Problem, Target } from "./target.ts";

/** How a batch is sent. */
export interface BatchOptions {
  /** How many of its inputs are in flight at most. */
  readonly concurrency: number;
  /** When no further inputs are sent, in milliseconds of `performance.now()`. */
  readonly endMs: number;
}

/** What happened to a batch. */
export interface BatchResult {
  /** How many inputs were sent. */
  readonly sent: number;
  /** What is wrong, each with the index of its input if it has one; empty if nothing is. */
  readonly problems: readonly string[];
}

// Each of them takes as long as an answer may take.
const maxRepeats = 2;

/** Sends the inputs of a batch, several at the same time. */
export async function sendBatch(
  target: Target,
  batch: readonly unknown[],
  shop: FuzzedShop,
  { concurrency, endMs }: BatchOptions,
): Promise<BatchResult> {
  const rest = batch.entries();
  const found: [index: number, problem: Problem][] = [];
  let sent = 0;
  const sendRest = async () => {
    for (const [index, input] of rest) {
      if (performance.now() >= endMs) return;
      sent += 1;
      const problem = await send(target, input, shop);
      if (problem) found.push([index, problem]);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, sendRest));
  const problems: string[] = [];
  let repeats = 0;
  for (const [index, problem] of found) {
    if (problem.isTimely) {
      repeats += 1;
      if (repeats > maxRepeats || !(await send(target, batch[index], shop))) continue;
    }
    problems.push(`input ${index}: ${problem.message}`);
  }
  return { sent, problems: [...problems, ...(await shop.findCrashes())] };
}

async function send(
  target: Target,
  input: unknown,
  shop: FuzzedShop,
): Promise<Problem | undefined> {
  try {
    return await target.send(input, shop);
  } catch (error) {
    return { message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
