import { OptionError } from "#load/option-error.ts";

/** What a bench run depends on. */
export interface BenchOptions {
  /** Rounds of each comparison. Default 30. */
  readonly rounds: number;
  /** Functions and parts to measure; empty for all. */
  readonly only: readonly string[];
}

/** The parts of the bench, in their order. */
export const benchParts = ["boot", "memory", "rpc", "pages"] as const;

/**
 * Reads what was typed.
 *
 * @throws OptionError when the number of rounds is not one
 */
export function readBenchOptions(given: {
  rounds: string;
  only?: readonly string[];
}): BenchOptions {
  const rounds = /^\d{1,4}$/.test(given.rounds) ? Number(given.rounds) : 0;
  if (rounds < 1 || rounds > 1000) {
    throw new OptionError(
      `--rounds is ${JSON.stringify(given.rounds)}: expected a whole number from 1 to 1000`,
    );
  }
  return { rounds, only: given.only ?? [] };
}
