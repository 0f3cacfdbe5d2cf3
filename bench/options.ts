import { OptionError } from "#load/option-error.ts";

/** What a bench run depends on. */
export interface BenchOptions {
  /** Rounds of each comparison. Default 30. */
  readonly rounds: number;
  /** Functions and parts to measure; empty for all. */
  readonly only: readonly string[];
  /** The revision, as git takes it, whose boots are compared with this checkout's; undefined for none. */
  readonly compare: string | undefined;
}

/** The parts of the bench, in their order. */
export const benchParts = ["boot", "memory", "rpc", "pages", "platform"] as const;

/**
 * Reads what was typed.
 *
 * @throws OptionError when the number of rounds is not one, or a part cannot be compared
 */
export function readBenchOptions(given: {
  rounds: string;
  only?: readonly string[];
  compare?: string;
}): BenchOptions {
  const rounds = /^\d{1,4}$/.test(given.rounds) ? Number(given.rounds) : 0;
  if (rounds < 1 || rounds > 1000) {
    throw new OptionError(
      `--rounds is ${JSON.stringify(given.rounds)}: expected a whole number from 1 to 1000`,
    );
  }
  const { only = [], compare } = given;
  const part = benchParts.find((name) => name !== "boot" && only.includes(name));
  if (compare !== undefined && part !== undefined) {
    throw new OptionError(
      `--compare is ${JSON.stringify(compare)}: it compares the part boot alone; leave out ${part}`,
    );
  }
  return { rounds, only, compare };
}
