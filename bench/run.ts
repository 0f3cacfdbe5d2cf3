import { mkdtemp, rm } from "node:fs/promises";
import { arch, cpus, loadavg, platform, tmpdir } from "node:os";
import { join } from "node:path";
import { readManifests } from "#manifest/manifest.ts";
import { ConfigError } from "#runtime/environment.ts";
import { bundleFunctions } from "../bundle/bundle-functions.ts";
import { findCommit } from "./checkout.ts";
import { type BootResult, measureBoot } from "./measure-boot.ts";
import { type MemoryResult, measureMemory } from "./measure-memory.ts";
import { measureOverload, type OverloadResult } from "./measure-overload.ts";
import { measurePages, type PagesResult } from "./measure-pages.ts";
import { measurePlatform, type PlatformResult } from "./measure-platform.ts";
import { measureRpc, type RpcResult } from "./measure-rpc.ts";
import { type BenchOptions, benchParts, defaultParts, type Measuring } from "./options.ts";
import { buildPeers } from "./peers.ts";
import { type ComparisonResult, runComparison } from "./run-comparison.ts";
import { startShop } from "./shop.ts";

const functionsDir = join(import.meta.dirname, "..", "functions");

/** The results of a run; a part that was not selected is null. */
export type BenchResult = ReturnType<typeof createResult>;

/**
 * Builds functions and peers, starts them and measures the selected parts. It prints nothing. If the
 * signal aborts, it rejects with the signal's reason. Its processes and files are removed at the end.
 *
 * @throws ConfigError if `only` names neither a function nor a part, or `compare` is not a commit that
 * can be built
 */
export async function runBench(
  options: BenchOptions,
  { signal, ...context }: { onProgress: (text: string) => void; signal: AbortSignal },
): Promise<BenchResult> {
  const onProgress = (text: string) => {
    signal.throwIfAborted();
    context.onProgress(text);
  };
  const head = createResult(options.rounds);
  const all = readManifests(functionsDir);
  const { parts, names } = select(
    options.only,
    all.map(({ name }) => name),
  );
  const manifests = all.filter(({ name }) => names.has(name));
  const reference = options.compare && {
    name: options.compare,
    commit: await findCommit(options.compare),
  };
  onProgress("bundling");
  await bundleFunctions();
  const peers = await buildPeers();
  const dataDir = await mkdtemp(join(tmpdir(), "shop-bench-"));
  const measuring: Measuring = { manifests, rounds: options.rounds, onProgress };
  try {
    if (reference) {
      const comparison = await runComparison(measuring, {
        ...{ all, parts, peers, dataDir, reference, signal },
      });
      return { ...head, comparison };
    }
    // First, before another process shares pages with it.
    const platform = parts.has("platform") ? await measurePlatform(all, dataDir, measuring) : null;
    if (parts.size === 1 && platform) return { ...head, platform };
    onProgress("starting the shop");
    const shop = await startShop(all, peers, dataDir);
    try {
      return {
        ...head,
        platform,
        boot: parts.has("boot") ? await measureBoot(shop, measuring) : null,
        memory: parts.has("memory") ? await measureMemory(shop, measuring) : null,
        rpc: parts.has("rpc") ? await measureRpc(shop, measuring) : null,
        pages: parts.has("pages") ? await measurePages(shop, dataDir, measuring) : null,
        // Last, because it pins the shop's processes.
        overload: parts.has("overload")
          ? await measureOverload(shop, { durationMs: options.durationMs, onProgress })
          : null,
      };
    } finally {
      await shop.stop();
    }
  } catch (error) {
    // A program that Ctrl-C also stopped fails with an error of its own.
    signal.throwIfAborted();
    throw error;
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

function createResult(rounds: number) {
  const processors = cpus();
  return {
    /** Name and version of this format. */
    format: "hipster-shop-bench/4",
    startedAt: new Date().toISOString(),
    rounds,
    machine: {
      platform: platform(),
      arch: arch(),
      cpuModel: processors[0]?.model ?? "unknown",
      cpuCount: processors.length,
      nodeVersion: process.version,
      /** Of the minute before the start; above 0.5 the machine is not quiet. */
      loadAverage: loadavg()[0] ?? 0,
    },
    /** Null also if this checkout was compared with another commit. */
    boot: null as BootResult | null,
    comparison: null as ComparisonResult | null,
    memory: null as MemoryResult | null,
    rpc: null as RpcResult | null,
    pages: null as PagesResult | null,
    platform: null as PlatformResult | null,
    overload: null as OverloadResult | null,
  };
}

/** Names of parts select parts, names of functions select functions; without any, all are selected. */
function select(only: readonly string[], functionNames: readonly string[]) {
  const parts = benchParts.filter((part) => only.includes(part));
  const names = functionNames.filter((name) => only.includes(name));
  const known: readonly string[] = [...benchParts, ...functionNames];
  const unknown = only.find((word) => !known.includes(word));
  if (unknown !== undefined) {
    throw new ConfigError([`--only is ${JSON.stringify(unknown)}: expected ${known.join(", ")}`]);
  }
  return {
    parts: new Set<string>(parts.length > 0 ? parts : defaultParts),
    names: new Set(names.length > 0 ? names : functionNames),
  };
}
