import type { Manifest } from "#manifest/manifest.ts";
import { ConfigError, parseDurationMs } from "#runtime/environment.ts";
import { type BenchMode, selectParts } from "./parts.ts";
import { readCpuUs } from "./process-usage.ts";

/** The input of each part of the bench. */
export interface Measuring {
  /** The functions to measure. */
  readonly manifests: readonly Manifest[];
  /** Rounds of each comparison. */
  readonly rounds: number;
  /** Receives a short text about the current measurement. */
  readonly onProgress: (text: string) => void;
  /** Variables of all functions of the shop. */
  readonly env: Readonly<Record<string, string>>;
}

/** The input of a part that measures the whole shop. */
export type MeasuringShop = Omit<Measuring, "manifests">;

/** The options of a bench run. */
export type BenchOptions = ReturnType<typeof readBenchOptions>;

/** The options as text, as commander passes them. */
export interface RawBenchOptions {
  /** A whole number. */
  readonly rounds: string;
  /** Names of functions and parts; all if undefined. */
  readonly only?: readonly string[];
  /** How long `overload` overloads the shop, or `memory` loads both, such as `120s`. */
  readonly duration?: string;
  /** `on` or `off`. */
  readonly responseCache: string;
  /** A git revision. */
  readonly compare?: string;
  /** The URL of another shop. */
  readonly peer?: string;
  /** The ids of its processes, separated by commas. */
  readonly peerPids?: string;
}

/**
 * Reads the options.
 *
 * @throws ConfigError that names the option that is wrong
 */
export function readBenchOptions(given: RawBenchOptions) {
  const { rounds: text, only = [], compare } = given;
  const rounds = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (rounds < 1 || rounds > 1000) {
    throw new ConfigError([
      `--rounds is ${JSON.stringify(text)}: expected a whole number from 1 to 1000`,
    ]);
  }
  const peer = readPeer(given);
  const mode: BenchMode = compare === undefined ? (peer ? "peer" : "alone") : "compare";
  const responseCache = given.responseCache === "on" ? "on" : "off";
  const parts = selectParts(mode, only);
  const durationMs = readDurationMs(given, parts.has("overload") ? overloadDuration : loadDuration);
  return { rounds, only, mode, parts, compare, peer, responseCache, durationMs };
}

const overloadDuration = { rule: "1s to 4m", maxMs: 240_000, defaultMs: 120_000 };
const loadDuration = { rule: "1s to 1h", maxMs: 3_600_000, defaultMs: 600_000 };

function readDurationMs(
  { duration }: RawBenchOptions,
  { rule, maxMs, defaultMs }: typeof loadDuration,
): number {
  if (duration === undefined) return defaultMs;
  const durationMs = parseDurationMs(duration) ?? 0;
  if (durationMs >= 1000 && durationMs <= maxMs) return durationMs;
  throw new ConfigError([
    `--duration is ${JSON.stringify(duration)}: expected a duration from ${rule}, such as 120s`,
  ]);
}

function readPeer({ peer, peerPids, compare }: RawBenchOptions) {
  if (peer === undefined) {
    if (peerPids !== undefined) throw new ConfigError(["--peer-pids needs --peer"]);
    return undefined;
  }
  if (compare !== undefined) throw new ConfigError(["--peer and --compare exclude each other"]);
  const url = URL.parse(peer);
  if (url?.protocol !== "http:") {
    const rule = "expected the URL of a shop, such as http://127.0.0.1:8080";
    throw new ConfigError([`--peer is ${JSON.stringify(peer)}: ${rule}`]);
  }
  const pids = peerPids === undefined ? [] : peerPids.split(",").map(Number);
  if (pids.some((pid) => !Number.isInteger(pid) || readCpuUs(pid) === undefined)) {
    const rule = "expected ids of processes on this machine, such as 17,18 (Linux)";
    throw new ConfigError([`--peer-pids is ${JSON.stringify(peerPids)}: ${rule}`]);
  }
  return { url: url.origin, pids };
}
