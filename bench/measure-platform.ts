import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { portVariableOf } from "#local/config.ts";
import type { ConsoleState } from "#local/console/model.ts";
import type { Manifest } from "#manifest/manifest.ts";
import type { Measuring } from "./options.ts";
import { PageClient } from "./page-client.ts";
import { type MemoryUse, readTreeMemory, summarizeMemory } from "./process-usage.ts";
import { type ProcessPlan, startPrinting } from "./processes.ts";
import { runBatch, timesOf } from "./statistics.ts";

const root = join(import.meta.dirname, "..");

/** Concurrent users that load the pages between the two readings of the memory. */
const concurrency = 10;
/** Idle time before its memory is read. */
const restMs = 1500;
/** Memory varies little, so these rounds are enough. */
const maxMemoryRounds = 5;
const zeroBoundMs = 60_000;

/** The part `platform`: `afterUse` is at zero again after `pageCount` home pages. */
export type PlatformResult = Awaited<ReturnType<typeof measurePlatform>>;

/**
 * Starts the local platform by the command of `npm start`, once for each round, and reads its memory
 * with that of its children: before the first call, and at zero again after some pages. Round 0 fills
 * the compile cache.
 */
export async function measurePlatform(
  manifests: readonly Manifest[],
  dataDir: string,
  { rounds, onProgress }: Measuring,
  pageCount = 3000,
) {
  const plan = planPlatform(manifests, join(dataDir, "platform"));
  const startsMs: number[] = [];
  const atZero: MemoryUse[] = [];
  const afterUse: MemoryUse[] = [];
  for (let round = 0; round <= rounds; round++) {
    onProgress(`the local platform, round ${round} of ${rounds}`);
    const startMs = performance.now();
    const platform = await startPrinting(plan, (line) => line.includes(" functions at zero"));
    try {
      if (round === 0) continue;
      startsMs.push(performance.now() - startMs);
      if (round > maxMemoryRounds) continue;
      const [storefront = "", console = ""] = platform.lines.map((line) => line.split(/ +/)[1]);
      await sleep(restMs);
      atZero.push(readTreeMemory(platform.pid));
      await loadPages(storefront, pageCount);
      await waitForZero(console);
      await sleep(restMs);
      afterUse.push(readTreeMemory(platform.pid));
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

function planPlatform(manifests: readonly Manifest[], dataDir: string): ProcessPlan {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    scripts: { start: string };
  };
  const [, ...words] = scripts.start.split(" ");
  const args = words.map((word) => (word.endsWith(".ts") ? join(root, word) : word));
  const ports = manifests.map(({ name }) => [portVariableOf(name), "0"]);
  return {
    name: "npm start",
    args: [...args, "--quiet"],
    env: {
      ...Object.fromEntries(ports),
      CONSOLE_PORT: "0",
      SHOP_IDLE_WINDOW: "1s",
      DATA_DIR: dataDir,
    },
  };
}

async function loadPages(storefront: string, pageCount: number): Promise<void> {
  const client = new PageClient(storefront);
  try {
    await runBatch(pageCount, concurrency, () => client.load("/"));
  } finally {
    client.close();
  }
}

async function waitForZero(console: string): Promise<void> {
  const endMs = performance.now() + zeroBoundMs;
  for (;;) {
    const response = await fetch(new URL("/api/state", console));
    const { functions } = (await response.json()) as ConsoleState;
    const running = functions.filter(({ pid }) => pid !== null).map(({ name }) => name);
    if (running.length === 0) return;
    if (performance.now() > endMs) {
      throw new Error(`${running.join(", ")} did not go to zero within ${zeroBoundMs} ms`);
    }
    await sleep(100);
  }
}
