import type { Interval } from "#measure/intervals.ts";
import type { Spread } from "#measure/quantiles.ts";
import type { CheckoutState } from "../bundle/describe-checkout.ts";
import type { StartTimes } from "./statistics.ts";

/** Boots of one function in two checkouts, in the same rounds. */
export interface BootComparison {
  readonly name: string;
  /** The call that was answered, such as `CartService/GetCart`. */
  readonly call: string;
  readonly checkout: StartTimes;
  readonly reference: StartTimes;
  /** This checkout over the reference: above 1, this checkout is slower. A ratio is of one round. */
  readonly ratio: Spread;
  /** The 95 % confidence interval of the ratios' median; null for fewer than six rounds. */
  readonly interval: Interval | null;
}

/** The part `boot` of this checkout and of another commit, interleaved. */
export interface ComparisonResult {
  readonly checkout: CheckoutState;
  /** What it is compared with: the name that was given, and the full hash. */
  readonly reference: { readonly name: string; readonly commit: string };
  readonly functions: readonly BootComparison[];
  /** Functions that were asked for and that the other commit does not have. */
  readonly newFunctions: readonly string[];
}
