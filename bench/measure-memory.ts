import { setTimeout as sleep } from "node:timers/promises";
import { spreadOf } from "#measure/quantiles.ts";
import { baselineCall, baselineName } from "./baseline.ts";
import { healthCall, measuredCallOf } from "./calls.ts";
import { echoOf, nextIndex, prepareCall, startAndCall } from "./first-answer.ts";
import { type MemoryUse, readMemory } from "./process-usage.ts";
import { type RunningProcess, startProcess } from "./processes.ts";
import type { Measuring, MemoryOf, MemoryResult } from "./result.ts";
import type { Shop } from "./shop.ts";
import { ratiosOf } from "./statistics.ts";

/** Idle time of all programs before their memory is read. */
const restMs = 1500;

/** Memory varies little, so these rounds are enough. */
const maxRounds = 5;

/**
 * Memory at rest after one answered call. In each round a bare node, the echo server and every
 * function run at the same time, so that they share pages equally.
 */
export async function measureMemory(shop: Shop, measuring: Measuring): Promise<MemoryResult> {
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
  const summarize = (name: string) => summarizeMemory(name, samples.get(name) ?? [], idle);
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
      running.push(await startAndCall(shop.planFunction(manifest), call, index));
    }
    return running;
  } catch (error) {
    await Promise.all(running.map((child) => child.stop()));
    throw error;
  }
}

function summarizeMemory(
  name: string,
  samples: readonly MemoryUse[],
  idle: readonly MemoryUse[],
): MemoryOf {
  const rss = samples.map(({ rssBytes }) => rssBytes);
  const pss = samples.flatMap(({ pssBytes }) => pssBytes ?? []);
  const idlePss = idle.flatMap(({ pssBytes }) => pssBytes ?? []);
  const idleRss = idle.map(({ rssBytes }) => rssBytes);
  const hasPss = pss.length > 0 && idlePss.length > 0;
  return {
    name,
    rssBytes: spreadOf(rss),
    rssXNode: spreadOf(ratiosOf(rss, idleRss)),
    pssBytes: hasPss ? spreadOf(pss) : null,
    pssXNode: hasPss ? spreadOf(ratiosOf(pss, idlePss)) : null,
  };
}
