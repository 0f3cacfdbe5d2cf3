import { inspect } from "node:util";
import { checkTarget, type Failure } from "./check-target.ts";
import { FuzzedShop } from "./shop/fuzzed-shop.ts";
import type { Target } from "./target.ts";
import { MemoryWatch } from "./watch-memory.ts";

/** How much is sent to a shop. */
export interface FuzzOptions {
  /** The number of inputs of all targets. */
  readonly inputs: number;
  /** Milliseconds for all targets, until the first failure; not limited by default. */
  readonly timeMs?: number;
  /** Kills the shop. */
  readonly signal?: AbortSignal;
  /** How many inputs are in flight at most: fewer than MAX_CONCURRENT_REQUESTS. */
  readonly concurrency: number;
  /** The time within which each input is answered or its connection closed, in milliseconds. */
  readonly answerLimitMs: number;
  /** How long a batch that failed is shortened, in milliseconds. */
  readonly shrinkMs: number;
  /** The seed. */
  readonly seed: number;
  /** Replays one batch of that seed and one target. */
  readonly path?: string | undefined;
  /** Receives one line for each target, and several for a failure. */
  readonly print: (line: string) => void;
}

/** What was found. */
export interface FuzzResult {
  /** How many inputs were sent. */
  readonly inputs: number;
  /** The failures, as text. */
  readonly failures: readonly string[];
}

/** Starts a shop and sends it the inputs of the targets, one target after the other. */
export async function fuzz(targets: readonly Target[], options: FuzzOptions): Promise<FuzzResult> {
  const { seed, print, timeMs = Number.POSITIVE_INFINITY } = options;
  const totalWeight = targets.reduce((sum, { weight }) => sum + weight, 0);
  // Node.js prints the warnings of the YAML parser, one for most malformed documents.
  process.removeAllListeners("warning");
  const failures: string[] = [];
  const peaks = new Map<string, number>();
  let inputs = 0;
  let weight = 0;
  const shop = await FuzzedShop.start(options);
  const memory = new MemoryWatch(shop);
  const startMs = performance.now();
  for (const target of targets) {
    const targetMs = performance.now();
    weight += target.weight;
    const result = await checkTarget(target, shop, {
      ...options,
      inputs: Math.ceil((options.inputs * target.weight) / totalWeight),
      endMs: startMs + timeMs * (weight / totalWeight),
    });
    inputs += result.inputs;
    const ownPeaks = memory.takePeaks();
    const found = [
      ...(result.failure ? [describe(target, result.failure)] : []),
      ...memory.findExcess(ownPeaks).map((line) => `${target.name}: ${line}`),
    ];
    failures.push(...found);
    print(describeRate(target.name, result.inputs, targetMs));
    for (const line of found) print(line);
    for (const [name, mib] of ownPeaks) peaks.set(name, Math.max(mib, peaks.get(name) ?? 0));
    if (found.length > 0 && options.timeMs !== undefined) break;
  }
  memory.close();
  await shop.close();
  const used = [...peaks].map(([name, mib]) => `${name} ${mib}`);
  print(`peaks of resident memory in MiB: ${used.join(", ")}`);
  print(`${describeRate("all", inputs, startMs)}; seed ${seed}, ${failures.length} failures`);
  return { inputs, failures };
}

function describeRate(name: string, inputs: number, startMs: number): string {
  const seconds = (performance.now() - startMs) / 1000;
  const rate = Math.round(inputs / seconds);
  return `${name}: ${inputs} inputs in ${seconds.toFixed(1)} s, ${rate}/s`;
}

function describe(target: Target, { batch, message, seed, path }: Failure): string {
  const inputs = batch.map((input) => inspect(input, { depth: null, maxStringLength: null }));
  const options = path === undefined ? "" : ` --seed ${seed} --path ${path}`;
  const replay = `npm run fuzz -- --target ${target.name}${options}`;
  return [`${target.name}: ${message}`, "inputs:", ...inputs, `replay: ${replay}`].join("\n");
}
