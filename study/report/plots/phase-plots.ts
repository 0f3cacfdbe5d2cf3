import { formatMs } from "#measure/format.ts";
import type { Figure } from "../figure.ts";
import type { Headline } from "../headline.ts";
import type { ReportRun } from "../read-runs.ts";
import { findExtremes, functionLabels } from "./channels.ts";
import {
  averageBar,
  drawBars,
  type PhaseBar,
  phaseLegend,
  sumOwner,
  tabulateBars,
} from "./phase-bars.ts";

/** The phases of the mean latency of each condition. */
export function plotPhases(headlines: readonly Headline[]): Figure | undefined {
  const known = headlines.filter(({ rows }) => rows.some((row) => row.phases !== null));
  if (known.length === 0) return undefined;
  const bars = known.map(({ condition, rows }) => averageBar(condition, rows));
  return {
    name: "phases",
    title: "Phases of the latency",
    sentence: `${describe(bars)}${describeMissing(known)}`,
    legend: phaseLegend(bars),
    table: tabulateBars(bars, {
      caption: "Mean milliseconds of each phase, in the order of time; their sum is the latency",
      count: "calls",
    }),
    draw: (size) => drawBars(bars, size, { title: "mean latency", labelExpr: "datum.label" }),
  };
}

function describe(bars: readonly PhaseBar[]): string {
  const longest = findExtremes(bars, ({ totalMs }) => totalMs)?.highest;
  if (longest === undefined) return "";
  const { label, totalMs } = longest;
  const { dependencies = 0, unexplained = 0 } = longest.meansMs;
  const percentOf = (ms: number) => `${Math.round((ms / totalMs) * 100)} %`;
  const parts = [
    `${percentOf(sumOwner(longest, "platform"))} went to the platform (blue)`,
    `${percentOf(sumOwner(longest, "boot"))} to the function's own start (orange)`,
    `${percentOf(sumOwner(longest, "work") - dependencies)} to its work and the response (green)`,
    ...(dependencies > 0
      ? [`${percentOf(dependencies)} to waiting for its dependencies, including their cold starts`]
      : []),
    `${percentOf(unexplained)} is unexplained`,
  ];
  const list = `${parts.slice(0, -1).join(", ")}, and ${parts.at(-1)}`;
  return `Under ${label}, the longest on average with ${formatMs(totalMs)}, ${list}.`;
}

function describeMissing(headlines: readonly Headline[]): string {
  const missing = headlines.flatMap(({ condition, rows }) => {
    const count = rows.filter((row) => row.phases !== null).length;
    return count < rows.length ? [`${count} of ${rows.length} calls under ${condition}`] : [];
  });
  return missing.length === 0
    ? ""
    : ` Calls without a trace are not included; these conditions have only: ${missing.join(", ")}.`;
}

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
      sentence: describeChain(bars),
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
    .map(([name, own]) => averageBar(name, own))
    .toSorted((a, b) => b.totalMs - a.totalMs);
}

function describeChain(bars: readonly PhaseBar[]): string {
  const extremes = findExtremes(bars, ({ totalMs }) => totalMs);
  if (extremes === undefined) return "";
  const { lowest: shortest, highest: longest } = extremes;
  return `A caller that met ${longest.label} cold waited ${formatMs(longest.totalMs)} for it on average, the longest wait, and ${formatMs(shortest.totalMs)} for ${shortest.label}, the shortest. The wait for a function's own dependencies is counted as theirs.`;
}
