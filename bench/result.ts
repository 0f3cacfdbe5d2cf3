import type { Manifest } from "#manifest/manifest.ts";
import type { Spread } from "#measure/quantiles.ts";
import type { BootResult, ComparisonResult } from "./boot-result.ts";
import type { StartTimes } from "./statistics.ts";

/** The input of each part of the bench. */
export interface Measuring {
  /** The functions to measure. */
  readonly manifests: readonly Manifest[];
  /** Rounds of each comparison. */
  readonly rounds: number;
  /** Receives a few words about what is being measured. */
  readonly onProgress: (text: string) => void;
}

/** Memory in bytes. */
export interface Memory {
  /** Resident set size, shared pages in full. */
  readonly rssBytes: Spread;
  /** Proportional set size, shared pages by their share; null where the system has none. */
  readonly pssBytes: Spread | null;
}

/** Memory at rest of one program. */
export interface MemoryOf extends Memory {
  /** The program's name in reports. */
  readonly name: string;
  /** Ratio of the resident set to that of a bare `node`. */
  readonly rssXNode: Spread;
  /** Ratio of the proportional set to that of a bare `node`; null where the system has none. */
  readonly pssXNode: Spread | null;
}

/** The part `memory`. */
export interface MemoryResult {
  /** A bare `node` that waits. */
  readonly node: MemoryOf;
  /** The echo server. */
  readonly echo: MemoryOf;
  /** The functions, by name. */
  readonly functions: readonly MemoryOf[];
  /** The baseline; null if it is not installed. */
  readonly baseline: MemoryOf | null;
}

/** Throughput of a function, and of the echo server in the same rounds. */
export interface RpcOf {
  /** The function's name. */
  readonly name: string;
  /** The call, such as `CartService/GetCart`. */
  readonly call: string;
  /** Number of functions that it calls: their work is in its figures. */
  readonly dependencyCount: number;
  /** RPCs per second. */
  readonly perSecond: Spread;
  /** RPCs per second of the echo server. */
  readonly echoPerSecond: Spread;
  /** Ratio of the rate to the echo server's. */
  readonly perSecondXEcho: Spread;
  /** Median latency of a round in milliseconds. */
  readonly p50Ms: Spread;
  /** Ratio of the median latency to the echo server's. */
  readonly p50XEcho: Spread;
  /** 99th percentile of a round's latencies in milliseconds. */
  readonly p99Ms: Spread;
  /** Ratio of the 99th percentile to the echo server's. */
  readonly p99XEcho: Spread;
  /** CPU time of the function's process per call in microseconds; null where the system has none. */
  readonly cpuUsPerCall: Spread | null;
  /** Ratio of the CPU time to the echo server's; null where the system has none. */
  readonly cpuXEcho: Spread | null;
  /** RPCs per second of each round. */
  readonly samplesPerSecond: readonly number[];
  /** The echo server's RPCs per second of each round. */
  readonly echoSamplesPerSecond: readonly number[];
  /** Number of calls, warm-up included. */
  readonly callCount: number;
  /** Spans that the collector received during these calls, those of dependencies included. */
  readonly spanCount: number;
}

/** The part `rpc`. */
export interface RpcResult {
  /** Number of concurrent RPCs. */
  readonly concurrency: number;
  /** The functions that serve RPCs, by name. */
  readonly functions: readonly RpcOf[];
  /** The baseline; null if it is not installed. */
  readonly baseline: RpcOf | null;
}

/** Speed of one page. */
export interface PageOf {
  /** `home`, `product` or `cart`. */
  readonly page: string;
  /** Pages per second with `concurrency` users. */
  readonly perSecond: Spread;
  /** Median latency with `concurrency` users in milliseconds. */
  readonly p50Ms: Spread;
  /** 99th percentile of the latency with `concurrency` users in milliseconds. */
  readonly p99Ms: Spread;
  /** Median latency with one user in milliseconds. */
  readonly oneUserP50Ms: Spread;
  /** Ratio of that to the median latency of one RPC to the echo server. */
  readonly oneUserP50XEcho: Spread;
}

/** The part `pages`: through the local platform, everything warm. */
export interface PagesResult {
  /** Number of concurrent users. */
  readonly concurrency: number;
  /** Median latency of one RPC at a time to the echo server, in milliseconds. */
  readonly echoP50Ms: Spread;
  /** The pages. */
  readonly pages: readonly PageOf[];
}

/** The part `platform`: the local platform as `npm start` runs it, with its child processes. */
export interface PlatformResult {
  /** Spawn until all ports are open, with bundles that are up to date. */
  readonly start: StartTimes;
  /** Memory with all functions at zero before the first call. */
  readonly atZero: Memory;
  /** Memory with all functions at zero again after `pageCount` home pages. */
  readonly afterUse: Memory;
  /** Number of pages in between. */
  readonly pageCount: number;
}

/** The results of a run; a part that was not asked for is null. */
export interface BenchResult {
  /** Name and version of this format. */
  readonly format: "hipster-shop-bench/2";
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** Rounds of each comparison. */
  readonly rounds: number;
  /** The machine that the run was made on. */
  readonly machine: BenchMachine;
  /** Boots; null also if they were compared with another commit's. */
  readonly boot: BootResult | null;
  /** Boots compared with another commit's. */
  readonly comparison: ComparisonResult | null;
  /** Memory at rest. */
  readonly memory: MemoryResult | null;
  /** Throughput. */
  readonly rpc: RpcResult | null;
  /** Pages. */
  readonly pages: PagesResult | null;
  /** The local platform. */
  readonly platform: PlatformResult | null;
}

/** The machine of a run. */
export interface BenchMachine {
  /** Such as `linux`. */
  readonly platform: string;
  /** Such as `x64`. */
  readonly arch: string;
  /** Model of the first CPU. */
  readonly cpuModel: string;
  /** Number of CPUs. */
  readonly cpuCount: number;
  /** Such as `v24.0.0`. */
  readonly nodeVersion: string;
  /** Load average of the minute before the start; above 0.5 the machine is not quiet. */
  readonly loadAverage: number;
}
