import type { Manifest } from "#manifest/manifest.ts";
import type { Spread } from "#measure/quantiles.ts";
import type { ComparisonResult } from "./comparison-result.ts";
import type { StartTimes } from "./statistics.ts";

/** What every part of the bench is given. */
export interface Measuring {
  /** The functions to measure. */
  readonly manifests: readonly Manifest[];
  readonly rounds: number;
  /** Told in a few words what is being measured. */
  readonly onProgress: (text: string) => void;
}

/** Spawn to first answer of a function. Ratios are of one round each. */
export interface BootOf {
  readonly name: string;
  /** The call that was answered, such as `CartService/GetCart`. */
  readonly call: string;
  readonly ms: Spread;
  readonly xNode: Spread;
  readonly xEcho: Spread;
  readonly samplesMs: readonly number[];
}

/** Spawn to first answer of the smallest program that does what a function's first call needs. */
export interface FloorOf {
  readonly name: string;
  /** The function that it is the floor of; null for that of all. */
  readonly functionName: string | null;
  readonly ms: Spread;
  readonly xNode: Spread;
  /** The function over its floor; null where it was not measured. */
  readonly functionXFloor: Spread | null;
  readonly samplesMs: readonly number[];
}

/** Spawn to first answer of the currency service as most people deploy it. */
export interface BaselineBoot extends BootOf {
  /** It over ours; null where ours was not measured. */
  readonly xOurs: Spread | null;
}

/** The part `boot`. */
export interface BootResult {
  /** `node -e 0`, from spawn to exit. */
  readonly node: { readonly ms: Spread; readonly samplesMs: readonly number[] };
  /** The echo server, from spawn to its first answer. */
  readonly echo: {
    readonly ms: Spread;
    readonly samplesMs: readonly number[];
    readonly xNode: Spread;
  };
  readonly functions: readonly BootOf[];
  readonly floors: readonly FloorOf[];
  /** Null where it is not installed. */
  readonly baseline: BaselineBoot | null;
}

/** Memory at rest of one program. */
export interface MemoryOf {
  readonly name: string;
  readonly rssBytes: Spread;
  readonly rssXNode: Spread;
  /** Null where the system does not tell. */
  readonly pssBytes: Spread | null;
  readonly pssXNode: Spread | null;
}

/** The part `memory`. */
export interface MemoryResult {
  /** A bare `node` that waits. */
  readonly node: MemoryOf;
  readonly echo: MemoryOf;
  readonly functions: readonly MemoryOf[];
  /** The currency service as most people deploy it; null where it is not installed. */
  readonly baseline: MemoryOf | null;
}

/** Throughput of a function, and of the echo server in the same rounds. */
export interface RpcOf {
  readonly name: string;
  readonly call: string;
  /** How many functions it calls: their work is in its figures. */
  readonly calleeCount: number;
  readonly perSecond: Spread;
  readonly echoPerSecond: Spread;
  readonly perSecondXEcho: Spread;
  readonly p50Ms: Spread;
  readonly p50XEcho: Spread;
  readonly p99Ms: Spread;
  readonly p99XEcho: Spread;
  /** CPU that the function's process took for a call; null where the system does not tell. */
  readonly cpuUsPerCall: Spread | null;
  readonly cpuXEcho: Spread | null;
  readonly samplesPerSecond: readonly number[];
  readonly echoSamplesPerSecond: readonly number[];
  /** Calls that were made, the warm-up included. */
  readonly callCount: number;
  /** Spans that arrived at the collector while they were made, those of callees included. */
  readonly spanCount: number;
}

/** The part `rpc`. */
export interface RpcResult {
  /** RPCs under way at once. */
  readonly concurrency: number;
  readonly functions: readonly RpcOf[];
  /** The currency service as most people deploy it; null where it is not installed. */
  readonly baseline: RpcOf | null;
}

/** How fast one page is. */
export interface PageOf {
  /** `home`, `product` or `cart`. */
  readonly page: string;
  /** At `concurrency` users at once. */
  readonly perSecond: Spread;
  readonly p50Ms: Spread;
  readonly p99Ms: Spread;
  /** At one user. */
  readonly oneUserP50Ms: Spread;
  /** p50 at one user over the p50 of one RPC to the echo server. */
  readonly oneUserP50XEcho: Spread;
}

/** The part `pages`: through the local platform, everything warm. */
export interface PagesResult {
  readonly concurrency: number;
  /** p50 of one RPC at a time to the echo server. */
  readonly echoP50Ms: Spread;
  readonly pages: readonly PageOf[];
}

/** Memory of a process and of all that it has started, together. */
export interface TreeMemory {
  /** Shared pages count once for each process. */
  readonly rssBytes: Spread;
  /** Shared pages count by their share; null where the system does not tell. */
  readonly pssBytes: Spread | null;
}

/** The part `platform`: the local platform as `npm start` runs it. */
export interface PlatformResult {
  /** Spawn until all ports are open, with bundles that are up to date. */
  readonly start: StartTimes;
  /** All functions at zero before any was called. */
  readonly atZero: TreeMemory;
  /** All functions at zero again after `pageCount` home pages. */
  readonly afterUse: TreeMemory;
  readonly pageCount: number;
}

/** All that a run measured; a part that was not asked for is null. */
export interface BenchResult {
  readonly format: "hipster-shop-bench/1";
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly rounds: number;
  readonly machine: {
    readonly platform: string;
    readonly arch: string;
    readonly cpuModel: string;
    readonly cpuCount: number;
    readonly nodeVersion: string;
    /** Processes that wanted a CPU in the minute before the start; more than 0.5 is not quiet. */
    readonly loadAverage: number;
  };
  /** Null also where boots were compared with another commit's. */
  readonly boot: BootResult | null;
  /** Null unless boots were compared with another commit's. */
  readonly comparison: ComparisonResult | null;
  readonly memory: MemoryResult | null;
  readonly rpc: RpcResult | null;
  readonly pages: PagesResult | null;
  readonly platform: PlatformResult | null;
}
