import { join } from "node:path";
import { forBoth, type Sides } from "../compared.ts";
import { type LocalPlatform, startLocalPlatform } from "../local-platform.ts";
import type { MeasuringShop } from "../options.ts";
import { readMemory, readPeakMemory, readVariable } from "../process-usage.ts";
import { userCount } from "../storefront/compare-pages.ts";
import { runTrafficPhase } from "../traffic-phase.ts";

/** The memory of one process after the load. */
export interface LoadedProcess {
  /** The function, or `platform`. */
  readonly name: string;
  /** Resident set size in bytes right after the last request. */
  readonly rssBytes: number;
  /** The highest resident set size so far, in bytes. */
  readonly peakRssBytes: number;
}

/** The memory of one shop after the load. */
export type LoadedShop = Awaited<ReturnType<typeof measureLoaded>>;

/** The memory of both shops after the same time of load. */
export interface ComparedLoaded {
  /** For how long each was loaded, in milliseconds. */
  readonly durationMs: number;
  /** The processes of both. */
  readonly shops: Sides<LoadedShop>;
}

/** Between two slices of the load an interrupt is noticed. */
const sliceMs = 5000;

/**
 * Compares the memory of each process after a time of load: ten visitors without pauses with the traffic of
 * `shop load`, orders included, through the local platform. The shops run one after the other, so that neither is
 * idle while the other one is loaded (Linux).
 */
export async function compareLoaded(
  folders: Sides<string>,
  dataDir: string,
  durationMs: number,
  { onProgress, env }: MeasuringShop,
): Promise<ComparedLoaded> {
  const shops = await forBoth(async (side) => {
    const platform = await startLocalPlatform(folders[side], join(dataDir, `${side}-loaded`), env);
    try {
      const report = (ms: number) =>
        onProgress(`memory, ${side}: ${Math.round(ms / 1000)} s of ${durationMs / 1000} s of load`);
      return await measureLoaded(platform, durationMs, report);
    } finally {
      await platform.stop();
    }
  });
  return { durationMs, shops };
}

async function measureLoaded(
  platform: LocalPlatform,
  durationMs: number,
  report: (ms: number) => void,
) {
  let acceptedCount = 0;
  let failedCount = 0;
  for (let sentMs = 0, seed = 1; sentMs < durationMs; sentMs += sliceMs, seed += 1) {
    report(sentMs);
    const slice = Math.min(sliceMs, durationMs - sentMs);
    const phase = { url: platform.url, users: userCount, durationMs: slice, seed };
    const result = await runTrafficPhase(phase);
    acceptedCount += result.acceptedCount;
    failedCount += Object.values(result.failures).reduce((sum, count) => sum + count, 0);
    failedCount += result.rejectedCount;
  }
  return {
    /** Requests that were answered with the expected page. */
    acceptedCount,
    /** Requests that were rejected or failed. */
    failedCount,
    /** The platform and the functions that run. */
    processes: platform.pids().map((pid) => readProcess(pid, platform.pid)),
  };
}

function readProcess(pid: number, platformPid: number): LoadedProcess {
  const name = pid === platformPid ? "platform" : (readVariable(pid, "K_SERVICE") ?? String(pid));
  return { name, rssBytes: readMemory(pid).rssBytes, peakRssBytes: readPeakMemory(pid) };
}
