import type { Spread } from "#measure/quantiles.ts";

/** A ratio's median with its quartiles: `1.24 [1.15-1.41]`. */
export function formatRatio({ median, q1, q3 }: Spread): string {
  return `${median.toFixed(2)} [${q1.toFixed(2)}-${q3.toFixed(2)}]`;
}
