import { setTimeout as sleep } from "node:timers/promises";
import { baselineCall, baselineName } from "./baseline.ts";
import { healthCall, measuredCallOf } from "./calls.ts";
import { echoOf, nextIndex, prepareCall, startAndCall } from "./first-answer.ts";
import type { Measuring } from "./options.ts";
import { type MemoryUse, readMemory, summarizeMemory } from "./process-usage.ts";
import { type RunningProcess, startProcess } from "./processes.ts";
import type { Shop } from "./shop.ts";
import { compare } from "./statistics.ts";

/** Idle time of all programs before their memory is read. */
const restMs = 1500;

/** Memory varies little, so these rounds are enough. */
const maxRounds = 5;

/** The part `memory`: bytes, and ratios to a bare `node`. */
export type MemoryResult = Awaited<ReturnType<typeof measureMemory>>;

/**
 * Memory at rest after one answered call. In each round a bare node, the echo server and every
 * function run at the same time, so that they share pages equally.
 */
export async function measureMemory(shop: Shop, measuring: Measuring) {
  const names = measuring.manifests.map((manifest) => manifest.name);
  const samples = new Map<string, MemoryUse[]>(
    ["idle", "echo", baselineName, ...names].map((name) => [name, []]),
  );
  const rounds = Math.min(measuring.rounds, maxRounds);
  for (let round = 1; round <= rounds; round++) {
    measuring.onProgress(`memory at rest, round ${round} of ${rounds}`);
    const running = await startAll(shop, measuring);
    try {
      await sleep(restMs);
      for (const { name, pid } of running) samples.get(name)?.push(readMemory(pid));
    } finally {
      await Promise.all(running.map((child) => child.stop()));
    }
  }
  const idle = samples.get("idle") ?? [];
  const summarize = (name: string) => compareMemory(name, samples.get(name) ?? [], idle);
  return {
    node: summarize("idle"),
    echo: summarize("echo"),
    functions: names.map(summarize),
    baseline: shop.baselinePlan ? summarize(baselineName) : null,
  };
}

async function startAll(shop: Shop, measuring: Measuring): Promise<RunningProcess[]> {
  const running = [await startProcess(shop.planPeer("idle"))];
  try {
    const echoCall = echoOf(healthCall);
    running.push(await startAndCall(shop.planPeer("echo"), echoCall, nextIndex()));
    if (shop.baselinePlan) {
      running.push(await startAndCall(shop.baselinePlan, baselineCall, nextIndex()));
    }
    for (const manifest of measuring.manifests) {
      const call = measuredCallOf(manifest);
      const index = nextIndex();
      await prepareCall(call, index, shop);
      running.push(await startAndCall(shop.planFunction(manifest.name), call, index));
    }
    return running;
  } catch (error) {
    await Promise.all(running.map((child) => child.stop()));
    throw error;
  }
}

function compareMemory(name: string, uses: readonly MemoryUse[], idle: readonly MemoryUse[]) {
  const { rssBytes, pssBytes } = summarizeMemory(uses);
  const ratio = (read: (use: MemoryUse) => number) => compare(uses.map(read), idle.map(read));
  const rssXNode = ratio((use) => use.rssBytes);
  const pssXNode = pssBytes && ratio((use) => use.pssBytes ?? 0);
  return { name, rssBytes, rssXNode, pssBytes, pssXNode };
}
