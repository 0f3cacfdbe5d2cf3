import { ConfigError } from "#runtime/environment.ts";

/** What a run measures: this checkout against its floors, against another commit, or against another shop. */
export type BenchMode = keyof typeof partsOf;

/** The parts that can be measured. */
const partsOf = {
  alone: ["boot", "memory", "rpc", "pages", "platform", "overload"],
  compare: ["boot", "rpc", "pages", "order", "platform", "start", "memory"],
  peer: ["pages", "order"],
} as const;

/** Parts that run only if `--only` names them: `overload` needs two CPUs for several minutes. */
const onRequest: ReadonlySet<string> = new Set(["overload"]);

/** The names of all parts. */
export const benchParts: readonly string[] = [...new Set(Object.values(partsOf).flat())];

/**
 * Selects parts by name; names of functions are ignored.
 *
 * @returns the parts that `only` names, or those of the mode that run without a name
 * @throws ConfigError if the mode does not measure one of them
 */
export function selectParts(mode: BenchMode, only: readonly string[]): ReadonlySet<string> {
  const parts: readonly string[] = partsOf[mode];
  const named = only.filter((word) => benchParts.includes(word));
  const wrong = named.find((part) => !parts.includes(part));
  if (wrong !== undefined) {
    const modes = (Object.keys(partsOf) as BenchMode[]).filter((each) =>
      (partsOf[each] as readonly string[]).includes(wrong),
    );
    const options = modes.map((each) => (each === "alone" ? "no --compare" : `--${each}`));
    throw new ConfigError([`--only is "${wrong}": it needs ${options.join(" or ")}`]);
  }
  return new Set(named.length > 0 ? named : parts.filter((part) => !onRequest.has(part)));
}
