import { quantileOf } from "#measure/quantiles.ts";
import type { SampleRecord } from "../../records/sample-record.ts";

/** How long the instances of a function took to start under a condition: a box after Tukey. */
export interface StartBox {
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
export function findStartBoxes(
  samples: readonly SampleRecord[],
  conditions: readonly string[],
): StartBox[] {
  const starts = samples.flatMap(findStarts);
  const byFunction = Map.groupBy(starts, ({ name }) => name);
  const medianOf = (name: string) =>
    quantileOf(
      (byFunction.get(name) ?? []).map(({ durationMs }) => durationMs),
      0.5,
    );
  const names = [...byFunction.keys()].toSorted((a, b) => medianOf(b) - medianOf(a));
  return names.flatMap((name) =>
    conditions.flatMap((condition) => {
      const own = byFunction.get(name)?.filter((start) => start.condition === condition) ?? [];
      const timesMs = own.map(({ durationMs }) => durationMs).toSorted((a, b) => a - b);
      return timesMs.length === 0 ? [] : [{ name, condition, ...toBox(timesMs) }];
    }),
  );
}

interface FoundStart {
  readonly condition: string;
  readonly name: string;
  readonly durationMs: number;
}

// Whoever woke it, a call or another function, and whoever waited for it.
function findStarts({ verdict, condition, startedAtMs, instances }: SampleRecord): FoundStart[] {
  if (verdict === "rejected") return [];
  return instances.flatMap(({ function: name, createdAtMs, readyAtMs }) =>
    readyAtMs === null || createdAtMs < startedAtMs
      ? []
      : [{ condition, name, durationMs: readyAtMs - createdAtMs }],
  );
}

function toBox(sortedMs: readonly number[]): Omit<StartBox, "name" | "condition"> {
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
