import * as fc from "fast-check";
import type { FuzzedShop } from "./shop/fuzzed-shop.ts";
import type { Problem, Target } from "./target.ts";

/** How much is sent. */
export interface CheckOptions {
  /** The number of inputs; at least as many are sent. */
  readonly inputs: number;
  /** Milliseconds after which no further inputs are sent; not limited by default. */
  readonly timeMs?: number;
  /** The seed of the first round. */
  readonly seed: number;
  /** Replays one batch of that seed; it ends after the first round. */
  readonly path?: string | undefined;
  /** Returns the shop; a new one after a crash. */
  readonly shop: () => Promise<FuzzedShop>;
}

/** What was found. */
export interface CheckResult {
  /** How many inputs were sent. */
  readonly inputs: number;
  /** The shortest batch that failed; undefined if none did. */
  readonly failure: Failure | undefined;
}

/** A batch of inputs that failed. */
export interface Failure {
  /** The inputs, which were sent at the same time. */
  readonly batch: readonly unknown[];
  /** What is wrong. */
  readonly message: string;
  /** With the path it replays the batch. */
  readonly seed: number;
  /** See `seed`. */
  readonly path: string;
}

// Inputs of a batch are sent at the same time: less than MAX_CONCURRENT_REQUESTS.
const maxBatch = 32;
const runsPerRound = 100;
const shrinkMs = 120_000;

/** Sends a target's inputs in batches, and shortens the first batch with a wrong answer. */
export async function checkTarget(target: Target, options: CheckOptions): Promise<CheckResult> {
  const { seed, path, shop, timeMs = Number.POSITIVE_INFINITY } = options;
  const endMs = performance.now() + timeMs;
  let inputs = 0;
  let failedMs: number | undefined;
  const property = fc.asyncProperty(
    fc.array(target.input, { minLength: 1, maxLength: maxBatch, size: "max" }),
    async (batch) => {
      // It ends a round, or the shortening, without a failure.
      if (performance.now() > (failedMs === undefined ? endMs : failedMs + shrinkMs)) return;
      if (failedMs === undefined) inputs += batch.length;
      const problems = await sendBatch(target, batch, await shop());
      if (problems.length === 0) return;
      failedMs ??= performance.now();
      throw new Error(problems.join("\n"));
    },
  );
  for (let round = 0; inputs < options.inputs && performance.now() < endMs; round += 1) {
    const details = await fc.check(property, {
      seed: seed + round,
      numRuns: runsPerRound,
      ...(path !== undefined && { path }),
      ...(round === 0 && path === undefined && { examples: examplesOf(target) }),
    });
    if (details.failed) {
      const batch = details.counterexample?.[0] ?? [];
      const message = details.errorInstance instanceof Error ? details.errorInstance.message : "";
      const failure = {
        batch,
        message,
        seed: seed + round,
        path: details.counterexamplePath ?? "",
      };
      return { inputs, failure };
    }
    if (path !== undefined) break;
  }
  return { inputs, failure: undefined };
}

function examplesOf({ found = [] }: Target): [unknown[]][] {
  return found.map((input): [unknown[]] => [[input]]);
}

/** Sends inputs at the same time. Resolves to the problems. */
export async function sendBatch(
  target: Target,
  batch: readonly unknown[],
  shop: FuzzedShop,
): Promise<string[]> {
  const problems = await Promise.all(batch.map((input) => send(target, input, shop)));
  const lines: string[] = [];
  for (const [index, problem] of problems.entries()) {
    const isCounted = problem?.isTimely ? await send(target, batch[index], shop) : problem;
    if (problem && isCounted) lines.push(problem.message);
  }
  return [...lines, ...(await shop.findCrashes())];
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
