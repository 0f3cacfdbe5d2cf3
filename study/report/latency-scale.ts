import type { PlotSize } from "./plot.ts";

/** A scale of latencies, and where its axis has labels. */
export interface LatencyScale {
  readonly type: "log" | "linear";
  readonly scale: {
    readonly type: "log" | "linear";
    readonly zero: boolean;
    readonly nice: boolean;
    readonly domain?: [number, number];
  };
  /** Milliseconds; undefined to let the axis choose. */
  readonly ticks?: number[];
}

/** Above this a linear scale would leave no more than a few pixels to the short ones. */
const farRatio = 12;

/** A scale that holds all values: logarithmic where they are far apart. */
export function chooseLatencyScale(
  valuesMs: readonly number[],
  { isNarrow }: Pick<PlotSize, "isNarrow">,
): LatencyScale {
  const positive = valuesMs.filter((value) => value > 0);
  const low = Math.min(...positive);
  const high = Math.max(...positive);
  if (positive.length === 0 || high / low <= farRatio) {
    return { type: "linear", scale: { type: "linear", zero: true, nice: true } };
  }
  const domain: [number, number] = [low * 0.85, high * 1.15];
  const scale = { type: "log", zero: false, nice: false, domain } as const;
  return { type: "log", scale, ticks: chooseTicks(domain, isNarrow ? 4 : 11) };
}

// As many as there is room for, at figures that people read at a glance.
function chooseTicks([low, high]: readonly [number, number], mostCount: number): number[] {
  const sets = [[1, 2, 5], [1, 3], [1]].map((factors) => {
    const decades = Array.from({ length: 12 }, (_, index) => 10 ** (index - 3));
    const ticks = decades.flatMap((decade) => factors.map((factor) => decade * factor));
    return ticks.filter((tick) => tick >= low && tick <= high);
  });
  return sets.find((ticks) => ticks.length <= mostCount) ?? sets.at(-1) ?? [];
}
