import type * as fc from "fast-check";
import type { FuzzedShop } from "./shop/fuzzed-shop.ts";

/** What is wrong with the answer to an input. */
export interface Problem {
  /** What happened. */
  readonly message: string;
  /**
   * Whether a busy machine can cause it, such as a timeout: then the input is sent once more, alone, and the
   * problem counts only if it happens again.
   */
  readonly isTimely?: boolean;
}

/** One kind of input, and where it is sent. */
export interface Target<Input = unknown> {
  /** Its name, for `--target`. */
  readonly name: string;
  /** Its part of all inputs; the parts of all targets are added up. */
  readonly weight: number;
  /** The inputs. */
  readonly input: fc.Arbitrary<Input>;
  /** Inputs that once failed, which are sent first. */
  readonly found?: readonly Input[];
  /** Sends an input. Resolves to what is wrong with the answer; undefined if it is as it should be. */
  readonly send: (input: Input, shop: FuzzedShop) => Promise<Problem | undefined>;
}

/** Hides the type of a target's inputs, for lists of targets. */
export function defineTarget<Input>(target: Target<Input>): Target {
  return target as unknown as Target;
}
