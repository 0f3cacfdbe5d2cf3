import { formatMs } from "#measure/format.ts";
import type { Figure } from "../figure.ts";
import type { Headline } from "../headline.ts";
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
  const bars = known.map(({ condition, rows }) =>
    averageBar(
      condition,
      rows.flatMap((row) => row.phases ?? []),
    ),
  );
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
  const [longest] = bars.toSorted((a, b) => b.totalMs - a.totalMs);
  if (longest === undefined) return "";
  const { label, totalMs, meansMs } = longest;
  const percentOf = (ms: number) => `${Math.round((ms / totalMs) * 100)} %`;
  const parts = [
    `${percentOf(sumOwner(longest, "platform"))} went to the platform (blue)`,
    `${percentOf(sumOwner(longest, "boot"))} to the function's own start (orange)`,
    `${percentOf(sumOwner(longest, "work") - meansMs.dependencies)} to its work and the response (green)`,
    ...(meansMs.dependencies > 0
      ? [
          `${percentOf(meansMs.dependencies)} to waiting for its dependencies, including their cold starts`,
        ]
      : []),
    `${percentOf(meansMs.unexplained)} is unexplained`,
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
