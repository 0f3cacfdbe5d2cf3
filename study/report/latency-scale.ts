import type { PlotSize } from "./plot.ts";

// Above this ratio a linear scale would leave only a few pixels for the small values.
const farRatio = 12;

/**
 * Vega-Lite's scale that contains all values, logarithmic if their ratio is large, and its ticks in
 * milliseconds if Vega-Lite would choose too many.
 */
export function chooseLatencyScale(valuesMs: readonly number[], { isNarrow }: PlotSize) {
  const positive = valuesMs.filter((value) => value > 0);
  const low = Math.min(...positive);
  const high = Math.max(...positive);
  if (positive.length === 0 || high / low <= farRatio) {
    return { scale: { type: "linear", zero: true, nice: true } } as const;
  }
  const domain: [number, number] = [low * 0.85, high * 1.15];
  const scale = { type: "log", zero: false, nice: false, domain } as const;
  return { scale, ticks: chooseTicks(domain, isNarrow ? 4 : 11) };
}

// As many round values as fit.
function chooseTicks([low, high]: readonly [number, number], maxCount: number): number[] {
  const sets = [[1, 2, 5], [1, 3], [1]].map((factors) => {
    const decades = Array.from({ length: 12 }, (_, index) => 10 ** (index - 3));
    const ticks = decades.flatMap((decade) => factors.map((factor) => decade * factor));
    return ticks.filter((tick) => tick >= low && tick <= high);
  });
  return sets.find((ticks) => ticks.length <= maxCount) ?? sets.at(-1) ?? [];
}
