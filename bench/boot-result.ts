import type { Interval } from "#measure/intervals.ts";
import type { Spread } from "#measure/quantiles.ts";
import type { CheckoutState } from "../bundle/describe-checkout.ts";
import type { StartTimes } from "./statistics.ts";

/** Times in milliseconds, one for each round. */
export interface Times {
  /** Median and quartiles of the rounds. */
  readonly ms: Spread;
  /** The time of each round. */
  readonly samplesMs: readonly number[];
}

/** Spawn to first answer of a function. Each ratio is of one round. */
export interface BootOf extends Times {
  /** The function's name. */
  readonly name: string;
  /** The call that was answered, such as `CartService/GetCart`. */
  readonly call: string;
  /** Ratio to `node -e 0`. */
  readonly xNode: Spread;
  /** Ratio to the echo server. */
  readonly xEcho: Spread;
}

/** Spawn to first answer of the smallest program that does what a function's first call needs. */
export interface FloorOf extends Times {
  /** The floor's name in reports. */
  readonly name: string;
  /** The function that it is the floor of; null for the floor of all. */
  readonly functionName: string | null;
  /** Ratio to `node -e 0`. */
  readonly xNode: Spread;
  /** Ratio of the function to its floor; null if the function was not measured. */
  readonly functionXFloor: Spread | null;
}

/** Spawn to first answer of the baseline. */
export interface BaselineBoot extends BootOf {
  /** Ratio of the baseline to the shop's own function; null if that was not measured. */
  readonly xOurs: Spread | null;
}

/** The part `boot`. */
export interface BootResult {
  /** `node -e 0`, from spawn to exit. */
  readonly node: Times;
  /** The echo server, from spawn to its first answer, with its ratio to `node -e 0`. */
  readonly echo: Times & { readonly xNode: Spread };
  /** The functions, by name. */
  readonly functions: readonly BootOf[];
  /** The floors. */
  readonly floors: readonly FloorOf[];
  /** The baseline; null if it is not installed. */
  readonly baseline: BaselineBoot | null;
}

/** Boots of one function in two checkouts, in the same rounds. */
export interface BootComparison {
  /** The function's name. */
  readonly name: string;
  /** The call that was answered, such as `CartService/GetCart`. */
  readonly call: string;
  /** The boots of this checkout. */
  readonly checkout: StartTimes;
  /** The boots of the other commit. */
  readonly reference: StartTimes;
  /** This checkout over the reference, round by round: above 1, this checkout is slower. */
  readonly ratio: Spread;
  /** The 95 % confidence interval of the ratios' median; null for fewer than six rounds. */
  readonly interval: Interval | null;
}

/** The part `boot` of this checkout and of another commit, interleaved. */
export interface ComparisonResult {
  /** The commit of this checkout. */
  readonly checkout: CheckoutState;
  /** The other commit: its name as given, and its full hash. */
  readonly reference: { readonly name: string; readonly commit: string };
  /** The functions that both have. */
  readonly functions: readonly BootComparison[];
  /** Functions that were asked for and that the other commit does not have. */
  readonly newFunctions: readonly string[];
}
