import { quantileOf } from "#measure/quantiles.ts";
import type { SampleRecord } from "../../records/sample-record.ts";

/** Start durations of a function's instances under a condition: a box plot after Tukey. */
export interface StartBox {
  /** Name of the function. */
  readonly name: string;
  /** Name of the condition. */
  readonly condition: string;
  /** Number of starts. */
  readonly count: number;
  /** First quartile. */
  readonly q1Ms: number;
  /** Second quartile. */
  readonly medianMs: number;
  /** Third quartile. */
  readonly q3Ms: number;
  /** Lower whisker: the lowest value within 1.5 times the box's length. */
  readonly lowMs: number;
  /** Upper whisker: the highest value within 1.5 times the box's length. */
  readonly highMs: number;
  /** Values outside the whiskers. */
  readonly outliersMs: readonly number[];
}

/** Computes the boxes of all functions, the slowest first. */
export function findStartBoxes(
  samples: readonly SampleRecord[],
  conditions: readonly string[],
): StartBox[] {
  const byFunction = Map.groupBy(samples.flatMap(findStarts), ({ name }) => name);
  const medianOf = (starts: readonly { durationMs: number }[]) =>
    quantileOf(
      starts.map(({ durationMs }) => durationMs),
      0.5,
    );
  const slowestFirst = [...byFunction].toSorted(([, a], [, b]) => medianOf(b) - medianOf(a));
  return slowestFirst.flatMap(([name, starts]) =>
    conditions.flatMap((condition) => {
      const own = starts.filter((start) => start.condition === condition);
      const timesMs = own.map(({ durationMs }) => durationMs).toSorted((a, b) => a - b);
      return timesMs.length === 0 ? [] : [{ name, condition, ...toBox(timesMs) }];
    }),
  );
}

// All starts count, with any cause and any waiting caller.
function findStarts({ verdict, condition, startedAtMs, instances }: SampleRecord) {
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
