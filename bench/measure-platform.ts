import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type LocalPlatform, startLocalPlatform } from "./local-platform.ts";
import type { MeasuringShop } from "./options.ts";
import { PageClient } from "./page-client.ts";
import { type MemoryUse, readMemoryOf, summarizeMemory } from "./process-usage.ts";
import { runBatch, timesOf } from "./statistics.ts";

const root = join(import.meta.dirname, "..");

/** Concurrent users that load the pages between the two readings of the memory. */
const concurrency = 10;
/** Idle time before its memory is read. */
const restMs = 1500;
/** Memory varies little, so these rounds are enough. */
export const maxMemoryRounds = 5;
/** Home pages that fill the platform's store of traces. */
export const zeroPageCount = 3000;
/** Functions stop a second after their last request. */
export const idleSoon = { SHOP_IDLE_WINDOW: "1s" } as const;

/** The part `platform`: `afterUse` is at zero again after `pageCount` home pages. */
export type PlatformResult = Awaited<ReturnType<typeof measurePlatform>>;

/**
 * Starts the local platform by the command of `npm start`, once for each round, and reads its memory
 * with that of its children: before the first call, and at zero again after some pages. Round 0 fills
 * the compile cache.
 */
export async function measurePlatform(
  dataDir: string,
  { rounds, onProgress, env }: MeasuringShop,
  pageCount = zeroPageCount,
) {
  const startsMs: number[] = [];
  const atZero: MemoryUse[] = [];
  const afterUse: MemoryUse[] = [];
  for (let round = 0; round <= rounds; round++) {
    onProgress(`the local platform, round ${round} of ${rounds}`);
    const startMs = performance.now();
    const platform = await startLocalPlatform(root, join(dataDir, "platform"), {
      ...idleSoon,
      ...env,
    });
    try {
      if (round === 0) continue;
      startsMs.push(performance.now() - startMs);
      if (round > maxMemoryRounds) continue;
      const sample = await sampleAtZero(platform, pageCount);
      atZero.push(sample.atZero);
      afterUse.push(sample.afterUse);
    } finally {
      await platform.stop();
    }
  }
  return {
    start: timesOf(startsMs),
    atZero: summarizeMemory(atZero),
    afterUse: summarizeMemory(afterUse),
    pageCount,
  };
}

/** The memory of a platform that has just started and its children: before any call, and at zero again after some pages. */
export async function sampleAtZero(platform: LocalPlatform, pageCount = zeroPageCount) {
  await sleep(restMs);
  const atZero = readMemoryOf(platform.pids());
  await loadPages(platform.url, pageCount);
  await platform.waitForZero();
  await sleep(restMs);
  return { atZero, afterUse: readMemoryOf(platform.pids()) };
}

async function loadPages(storefront: string, pageCount: number): Promise<void> {
  const client = new PageClient(storefront);
  try {
    await runBatch(pageCount, concurrency, () => client.load("/"));
  } finally {
    client.close();
  }
}
