import { formatMs } from "#measure/format.ts";
import type { Figure } from "../figure.ts";
import { functionLabels } from "../plot.ts";
import type { ReportRun } from "../read-runs.ts";
import { averageBar, drawBars, type PhaseBar, phaseLegend, tabulateBars } from "./phase-bars.ts";

/**
 * The phases of the cold starts of each function of a chain, under the reference, or else under the
 * first condition with cold starts of several functions.
 */
export function plotChainPhases({ run, samples }: ReportRun): Figure | undefined {
  const { reference, conditions } = run.experiment;
  const names = conditions.map(({ name }) => name);
  const ordered = names.toSorted((a, b) => Number(b === reference) - Number(a === reference));
  for (const condition of ordered) {
    const bars = findBars(samples, condition);
    if (bars.length < 2) continue;
    return {
      name: "chain-phases",
      title: `Phases of the wait for each function, under ${condition}`,
      sentence: describe(bars),
      legend: phaseLegend(bars),
      table: tabulateBars(bars, {
        caption: "Mean milliseconds of each phase, by function",
        count: "cold starts",
      }),
      draw: (size) =>
        drawBars(bars, size, {
          title: "mean wait of the caller",
          labelExpr: functionLabels(size),
        }),
    };
  }
  return undefined;
}

function findBars(samples: ReportRun["samples"], condition: string): PhaseBar[] {
  const coldStarts = samples
    .filter((sample) => sample.verdict === "kept" && sample.condition === condition)
    .flatMap((sample) => sample.coldStarts);
  return [...Map.groupBy(coldStarts, (each) => each.function)]
    .map(([name, own]) =>
      averageBar(
        name,
        own.map(({ phases }) => phases),
      ),
    )
    .toSorted((a, b) => b.totalMs - a.totalMs);
}

function describe(bars: readonly PhaseBar[]): string {
  const [longest] = bars;
  const shortest = bars.at(-1);
  if (!longest || !shortest) return "";
  return `A caller that met ${longest.label} cold waited ${formatMs(longest.totalMs)} for it on average, the longest wait, and ${formatMs(shortest.totalMs)} for ${shortest.label}, the shortest. The wait for a function's own dependencies is counted as theirs.`;
}
