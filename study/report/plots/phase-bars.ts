import type { TopLevelSpec } from "vega-lite";
import type { PhaseTimes } from "../../results/phases.ts";
import { type Phase, phases } from "../../results/phases.ts";
import { meanOf } from "../../results/statistics.ts";
import { type PhaseOwner, pageColours, phaseLooks } from "../colours.ts";
import type { LegendEntry } from "../figure.ts";
import { millisecondLabels, type PlotSize } from "../plot.ts";
import type { Table } from "../table.ts";

/** What something took on average, phase by phase. */
export interface PhaseBar {
  /** A condition or a function. */
  readonly label: string;
  /** How many the means are of. */
  readonly count: number;
  readonly meansMs: Readonly<Record<Phase, number>>;
  readonly totalMs: number;
}

/** Averages the phases of several calls, or of several cold starts. */
export function averageBar(label: string, all: readonly PhaseTimes[]): PhaseBar {
  const means = phases.map((phase): [Phase, number] => [
    phase,
    meanOf(all.map((times) => times[phase] ?? 0)),
  ]);
  return {
    label,
    count: all.length,
    meansMs: Object.fromEntries(means) as Record<Phase, number>,
    totalMs: means.reduce((sum, [, meanMs]) => sum + meanMs, 0),
  };
}

/** Milliseconds of a bar that are one owner's. */
export function sumOwner({ meansMs }: PhaseBar, owner: PhaseOwner): number {
  const own = phases.filter((phase) => phaseLooks[phase].owner === owner);
  return own.reduce((sum, phase) => sum + meansMs[phase], 0);
}

/** The phases that any of the bars has, in the order of time. */
export function findUsedPhases(bars: readonly PhaseBar[]): Phase[] {
  return phases.filter((phase) => bars.some(({ meansMs }) => meansMs[phase] > 0));
}

/** The legend of the bars. */
export function phaseLegend(bars: readonly PhaseBar[]): LegendEntry[] {
  return findUsedPhases(bars).map((label) => ({ label, mark: phaseLooks[label] }));
}

/** Draws the bars; phases that are wide enough bear their names. */
export function drawBars(
  bars: readonly PhaseBar[],
  { widthPx, isNarrow }: PlotSize,
  { title, labelExpr }: { readonly title: string; readonly labelExpr: string },
): TopLevelSpec {
  const longestMs = Math.max(...bars.map(({ totalMs }) => totalMs));
  const longestLabel = Math.max(...bars.map(({ label }) => label.length));
  const roomPx = widthPx - longestLabel * 7 - 20;
  const values = bars.flatMap(stack);
  const isWide = ({ phase, startMs, endMs }: (typeof values)[number]) =>
    ((endMs - startMs) / longestMs) * roomPx > phase.length * 6.6 + 8;
  const axis = { title, labelExpr: millisecondLabels, tickCount: isNarrow ? 4 : 8 };
  return {
    width: widthPx,
    height: { step: isNarrow ? 34 : 38 },
    autosize: { type: "fit-x", contains: "padding" },
    data: { values },
    encoding: {
      y: {
        field: "label",
        type: "nominal",
        sort: null,
        axis: { title: null, labelExpr, ticks: false, domain: false },
      },
    },
    layer: [
      {
        mark: { type: "bar", stroke: pageColours.card, strokeWidth: 0.75, height: { band: 0.78 } },
        encoding: {
          x: { field: "startMs", type: "quantitative", axis },
          x2: { field: "endMs" },
          fill: { field: "fill", type: "nominal", scale: null },
        },
      },
      {
        data: { values: values.filter(isWide) },
        mark: { type: "text", fontSize: 11 },
        encoding: {
          x: { field: "middleMs", type: "quantitative" },
          text: { field: "phase" },
          color: { field: "text", type: "nominal", scale: null },
        },
      },
    ],
  };
}

function stack({ label, meansMs }: PhaseBar) {
  let cursorMs = 0;
  return phases.flatMap((phase) => {
    if (meansMs[phase] === 0) return [];
    const startMs = cursorMs;
    cursorMs += meansMs[phase];
    const middleMs = (startMs + cursorMs) / 2;
    const { fill, text } = phaseLooks[phase];
    return [{ label, phase, startMs, endMs: cursorMs, middleMs, fill, text }];
  });
}

/** The figures of the bars. */
export function tabulateBars(
  bars: readonly PhaseBar[],
  names: { readonly caption: string; readonly label: string; readonly count: string },
): Table {
  const used = findUsedPhases(bars);
  return {
    caption: names.caption,
    head: [names.label, names.count, ...used, "together"],
    rows: bars.map(({ label, count, meansMs, totalMs }) => [
      label,
      `${count}`,
      ...used.map((phase) => (meansMs[phase] === 0 ? "–" : meansMs[phase].toFixed(1))),
      totalMs.toFixed(1),
    ]),
  };
}
