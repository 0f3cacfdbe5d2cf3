import { mkdtemp, rm } from "node:fs/promises";
import { arch, cpus, loadavg, platform, tmpdir } from "node:os";
import { join } from "node:path";
import { type Manifest, readManifests } from "#manifest/manifest.ts";
import { ConfigError } from "#runtime/environment.ts";
import { buildThisCheckout, findCommit } from "./checkout.ts";
import { type BootResult, measureBoot } from "./measure-boot.ts";
import { type MemoryResult, measureMemory } from "./measure-memory.ts";
import { measureOverload, type OverloadResult } from "./measure-overload.ts";
import { measurePages, type PagesResult } from "./measure-pages.ts";
import { measurePlatform, type PlatformResult } from "./measure-platform.ts";
import { measureRpc, type RpcResult } from "./measure-rpc.ts";
import type { BenchOptions, Measuring } from "./options.ts";
import { benchParts } from "./parts.ts";
import { buildPeers } from "./peers.ts";
import { type ComparisonResult, runComparison } from "./run-comparison.ts";
import { startShop } from "./shop.ts";
import { comparePeer, type PeerResult } from "./storefront/compare-storefronts.ts";

const functionsDir = join(import.meta.dirname, "..", "functions");

/** Name and version of the format of the results. */
export const benchFormat = "hipster-shop-bench/5";

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
  const head = createResult(options);
  const all = readManifests(functionsDir);
  const { parts } = options;
  const manifests = selectFunctions(options.only, all);
  const reference = options.compare && {
    name: options.compare,
    commit: await findCommit(options.compare),
  };
  const dataDir = await mkdtemp(join(tmpdir(), "shop-bench-"));
  const env = { RESPONSE_CACHE: options.responseCache };
  const measuring: Measuring = { manifests, rounds: options.rounds, onProgress, env };
  try {
    onProgress("bundling");
    await buildThisCheckout(signal);
    const peers = await buildPeers();
    if (reference) {
      const comparison = await runComparison(measuring, {
        ...{ all, parts, peers, dataDir, reference, signal },
        durationMs: options.durationMs,
      });
      return { ...head, comparison };
    }
    if (options.peer) {
      return { ...head, peer: await comparePeer(options.peer, dataDir, parts, measuring) };
    }
    // First, before another process shares pages with it.
    const platform = parts.has("platform") ? await measurePlatform(dataDir, measuring) : null;
    if (parts.size === 1 && platform) return { ...head, platform };
    onProgress("starting the shop");
    const shop = await startShop(all, peers, dataDir, env);
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

function createResult({ rounds, responseCache }: BenchOptions) {
  const processors = cpus();
  return {
    /** Name and version of this format. */
    format: benchFormat,
    startedAt: new Date().toISOString(),
    rounds,
    /** Whether functions kept responses of others (RESPONSE_CACHE), of boots and RPCs too. */
    responseCache,
    machine: {
      platform: platform(),
      arch: arch(),
      cpuModel: processors[0]?.model ?? "unknown",
      cpuCount: processors.length,
      nodeVersion: process.version,
      /** Of the minute before the start; above 0.5 the machine is not quiet. */
      loadAverage: loadavg()[0] ?? 0,
    },
    /** Null, as all parts, if this checkout was compared with another commit or with a peer. */
    boot: null as BootResult | null,
    comparison: null as ComparisonResult | null,
    peer: null as PeerResult | null,
    memory: null as MemoryResult | null,
    rpc: null as RpcResult | null,
    pages: null as PagesResult | null,
    platform: null as PlatformResult | null,
    overload: null as OverloadResult | null,
  };
}

/** The functions that `only` names; without any, all of them. */
function selectFunctions(only: readonly string[], all: readonly Manifest[]): readonly Manifest[] {
  const known = [...benchParts, ...all.map(({ name }) => name)];
  const unknown = only.find((word) => !known.includes(word));
  if (unknown !== undefined) {
    throw new ConfigError([`--only is ${JSON.stringify(unknown)}: expected ${known.join(", ")}`]);
  }
  const named = all.filter(({ name }) => only.includes(name));
  return named.length > 0 ? named : all;
}
