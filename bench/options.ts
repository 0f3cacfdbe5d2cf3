import type { Manifest } from "#manifest/manifest.ts";
import { ConfigError, parseDurationMs } from "#runtime/environment.ts";

/** The input of each part of the bench. */
export interface Measuring {
  /** The functions to measure. */
  readonly manifests: readonly Manifest[];
  /** Rounds of each comparison. */
  readonly rounds: number;
  /** Receives a short text about the current measurement. */
  readonly onProgress: (text: string) => void;
}

/** The options of a bench run. */
export type BenchOptions = ReturnType<typeof readBenchOptions>;

/** The options as text, as commander passes them. */
export interface RawBenchOptions {
  /** A whole number. */
  readonly rounds: string;
  /** Names of functions and parts; all if undefined. */
  readonly only?: readonly string[];
  /** How long the shop is overloaded, such as `120s`. */
  readonly duration: string;
  /** A git revision. */
  readonly compare?: string;
}

/** The parts of the bench, in their order. */
export const benchParts = ["boot", "memory", "rpc", "pages", "platform", "overload"] as const;

/** The parts that are selected by default: without `overload`, which needs two CPUs for several minutes. */
export const defaultParts = benchParts.filter((part) => part !== "overload");

const comparedParts: ReadonlySet<string> = new Set(["boot", "rpc"]);

/**
 * Reads the options.
 *
 * @throws ConfigError if the number of rounds or the duration is wrong, or a part cannot be compared
 */
export function readBenchOptions({ rounds: text, only = [], compare, duration }: RawBenchOptions) {
  const rounds = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (rounds < 1 || rounds > 1000) {
    throw new ConfigError([
      `--rounds is ${JSON.stringify(text)}: expected a whole number from 1 to 1000`,
    ]);
  }
  const durationMs = parseDurationMs(duration) ?? 0;
  if (durationMs < 1000 || durationMs > 240_000) {
    throw new ConfigError([
      `--duration is ${JSON.stringify(duration)}: expected a duration from 1s to 4m, such as 120s`,
    ]);
  }
  const part = benchParts.find((name) => !comparedParts.has(name) && only.includes(name));
  if (compare !== undefined && part !== undefined) {
    throw new ConfigError([
      `--compare is ${JSON.stringify(compare)}: it compares the parts boot and rpc; leave out ${part}`,
    ]);
  }
  return { rounds, only, compare, durationMs };
}
