import * as fc from "fast-check";
import { sendBatch } from "./send-batch.ts";
import type { FuzzedShop } from "./shop/fuzzed-shop.ts";
import type { Target } from "./target.ts";

/** How much is sent. */
export interface CheckOptions {
  /** The number of inputs; at least as many are sent before `endMs`. */
  readonly inputs: number;
  /** When no further inputs are sent, in milliseconds of `performance.now()`. */
  readonly endMs: number;
  /** How many inputs are in flight at most. */
  readonly concurrency: number;
  /** How long a batch that failed is shortened, in milliseconds. */
  readonly shrinkMs: number;
  /** The seed of the first batch. */
  readonly seed: number;
  /** Replays the batch of that seed only. */
  readonly path?: string | undefined;
  /** Receives what is wrong with a batch before it is shortened. */
  readonly print: (line: string) => void;
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
  /** See `seed`. Undefined for found inputs, which are sent in each run. */
  readonly path: string | undefined;
}

const maxBatch = 1000;

/** Sends a target's inputs in batches, found ones first, until a batch has failed, which is shortened. */
export async function checkTarget(
  target: Target,
  shop: FuzzedShop,
  options: CheckOptions,
): Promise<CheckResult> {
  const { seed, path, endMs, concurrency, shrinkMs, print } = options;
  const { found = [] } = target;
  let inputs = 0;
  let shrinkEndMs: number | undefined;
  const property = fc.asyncProperty(
    fc.array(target.input, { minLength: 1, maxLength: maxBatch, size: "max" }),
    async (batch) => {
      if (shrinkEndMs !== undefined) {
        // It ends the shortening. Otherwise fast-check would go on with thousands of shorter batches.
        if (performance.now() > shrinkEndMs) throw new fc.PreconditionFailure(true);
        await shop.restartAfterCrash();
      }
      const isFirst = shrinkEndMs === undefined;
      const limits = { concurrency, endMs: isFirst ? endMs : Number.POSITIVE_INFINITY };
      const { sent, problems } = await sendBatch(target, batch, shop, limits);
      if (isFirst) inputs += sent;
      if (problems.length === 0) return;
      if (isFirst) {
        shrinkEndMs = performance.now() + shrinkMs;
        print(`${target.name}: a batch failed and is shortened: ${problems.join("\n")}`);
      }
      throw new Error(problems.join("\n"));
    },
  );
  // One batch for each seed, so that no inputs are generated that are not sent.
  const check = async (parameters: fc.Parameters<[unknown[]]>) =>
    readFailure(await fc.check(property, { ...parameters, numRuns: 1 }));
  let failure: Failure | undefined;
  if (path !== undefined) failure = await check({ seed, path });
  else if (found.length > 0) {
    failure = await check({ seed, examples: [[[...found]]] });
    if (failure) failure = { ...failure, path: undefined };
  }
  const isOver = () => failure || inputs >= options.inputs || performance.now() >= endMs;
  for (let round = 0; path === undefined && !isOver(); round += 1) {
    failure = await check({ seed: seedOf(seed, round) });
  }
  if (failure) await shop.restartAfterCrash();
  return { inputs, failure };
}

// Far from each other, since the first numbers of a generator are similar for similar seeds.
function seedOf(seed: number, round: number): number {
  return (seed + Math.imul(round, 0x9e3779b1)) | 0;
}

function readFailure(details: fc.RunDetails<[unknown[]]>): Failure | undefined {
  const { failed, counterexample, counterexamplePath, errorInstance, seed } = details;
  if (!failed) return undefined;
  const message = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
  return { batch: counterexample?.[0] ?? [], message, seed, path: counterexamplePath ?? undefined };
}
