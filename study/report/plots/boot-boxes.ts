import type { CallRow } from "../../records/call-row.ts";
import { quantileOf } from "../../records/statistics.ts";

/** The cold starts of a function under a condition: a box after Tukey. */
export interface BootBox {
  /** The function. */
  readonly name: string;
  readonly condition: string;
  readonly count: number;
  readonly q1Ms: number;
  readonly medianMs: number;
  readonly q3Ms: number;
  /** The ends of the whiskers: the last values within 1.5 times the box's length of it. */
  readonly lowMs: number;
  readonly highMs: number;
  readonly outliersMs: readonly number[];
}

/** Finds the boxes of all functions, that which takes longest first. */
export function findBootBoxes(calls: readonly CallRow[], conditions: readonly string[]): BootBox[] {
  const boots = findBoots(calls);
  const byFunction = Map.groupBy(boots, ({ name }) => name);
  const medianOf = (name: string) =>
    quantileOf(
      (byFunction.get(name) ?? []).map(({ bootMs }) => bootMs),
      0.5,
    );
  const names = [...byFunction.keys()].toSorted((a, b) => medianOf(b) - medianOf(a));
  return names.flatMap((name) =>
    conditions.flatMap((condition) => {
      const own = byFunction.get(name)?.filter((boot) => boot.condition === condition) ?? [];
      const timesMs = own.map(({ bootMs }) => bootMs).toSorted((a, b) => a - b);
      return timesMs.length === 0 ? [] : [{ name, condition, ...toBox(timesMs) }];
    }),
  );
}

interface FoundBoot {
  readonly condition: string;
  readonly name: string;
  readonly bootMs: number;
}

// All calls that waited for the same start tell of it, each with the same figure.
function findBoots(calls: readonly CallRow[]): FoundBoot[] {
  const found = new Map<string, FoundBoot>();
  for (const { sample, condition, functions } of calls) {
    for (const [name, bootMs] of Object.entries(functions)) {
      if (bootMs === null) continue;
      found.set(`${sample} ${name} ${bootMs.toFixed(1)}`, { condition, name, bootMs });
    }
  }
  return [...found.values()];
}

function toBox(sortedMs: readonly number[]): Omit<BootBox, "name" | "condition"> {
  const [q1Ms = 0, medianMs = 0, q3Ms = 0] = [0.25, 0.5, 0.75].map((share) =>
    quantileOf(sortedMs, share),
  );
  const reachMs = 1.5 * (q3Ms - q1Ms);
  const isWithin = (ms: number) => ms >= q1Ms - reachMs && ms <= q3Ms + reachMs;
  const within = sortedMs.filter(isWithin);
  return {
    count: sortedMs.length,
    q1Ms,
    medianMs,
    q3Ms,
    lowMs: within[0] ?? q1Ms,
    highMs: within.at(-1) ?? q3Ms,
    outliersMs: sortedMs.filter((ms) => !isWithin(ms)),
  };
}
