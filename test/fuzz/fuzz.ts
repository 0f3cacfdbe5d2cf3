import { inspect } from "node:util";
import { readManifests } from "#manifest/manifest.ts";
import { checkTarget, type Failure } from "./check-target.ts";
import { FuzzedShop } from "./shop/fuzzed-shop.ts";
import type { Target } from "./target.ts";

/** How much is sent to a shop. */
export interface FuzzOptions {
  /** The number of inputs of all targets. */
  readonly inputs: number;
  /** Milliseconds for all targets; not limited by default. */
  readonly timeMs?: number;
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
  const { seed, path, print, timeMs } = options;
  const totalWeight = targets.reduce((sum, { weight }) => sum + weight, 0);
  const failures: string[] = [];
  const memory = new Map<string, number>();
  let inputs = 0;
  let shop = await FuzzedShop.start();
  const current = async () => {
    if ((await shop.findCrashes()).length === 0) return shop;
    await shop.close();
    shop = await FuzzedShop.start();
    return shop;
  };
  const startMs = performance.now();
  for (const target of targets) {
    const share = target.weight / totalWeight;
    const targetMs = performance.now();
    const result = await checkTarget(target, {
      ...{ seed, path, shop: current, inputs: Math.ceil(options.inputs * share) },
      ...(timeMs !== undefined && { timeMs: timeMs * share }),
    });
    inputs += result.inputs;
    const seconds = (performance.now() - targetMs) / 1000;
    print(`${target.name}: ${result.inputs} inputs in ${seconds.toFixed(1)} s`);
    for (const [name, bytes] of await (await current()).readMemory()) {
      memory.set(name, Math.max(bytes, memory.get(name) ?? 0));
    }
    if (result.failure) failures.push(describe(target, result.failure));
  }
  await shop.close();
  failures.push(...findExcess(memory));
  for (const failure of failures) print(failure);
  const used = [...memory].map(([name, bytes]) => `${name} ${toMiB(bytes)}`);
  print(`resident memory in MiB: ${used.join(", ")}`);
  const seconds = (performance.now() - startMs) / 1000;
  print(`${inputs} inputs in ${seconds.toFixed(0)} s (seed ${seed}): ${failures.length} failures`);
  return { inputs, failures };
}

function describe(target: Target, { batch, message, seed, path }: Failure): string {
  const inputs = batch.map((input) => inspect(input, { depth: null, maxStringLength: null }));
  const replay = `npm run fuzz -- --target ${target.name} --seed ${seed} --path ${path}`;
  return [`${target.name}: ${message}`, "inputs:", ...inputs, `replay: ${replay}`].join("\n");
}

// What the platform may use: its traces and connections, besides Node.js.
const platformMiB = 512;

// A function's limit on Knative, above which its pod is killed.
function findExcess(memory: ReadonlyMap<string, number>): string[] {
  const limits = new Map(
    readManifests().map(({ name, deploy }) => [
      name,
      parseMiB(deploy.options.resources.limits.memory),
    ]),
  );
  return [...memory].flatMap(([name, bytes]) => {
    const limit = limits.get(name) ?? platformMiB;
    if (toMiB(bytes) <= limit) return [];
    return [`${name} uses ${toMiB(bytes)} MiB of memory: expected at most ${limit}`];
  });
}

function parseMiB(quantity: string): number {
  const [, amount, unit] = /^(\d+)(Mi|Gi)$/.exec(quantity) ?? [];
  if (amount === undefined) throw new Error(`memory is ${quantity}: expected a number of Mi or Gi`);
  return Number(amount) * (unit === "Gi" ? 1024 : 1);
}

function toMiB(bytes: number): number {
  return Math.round(bytes / 1024 / 1024);
}
