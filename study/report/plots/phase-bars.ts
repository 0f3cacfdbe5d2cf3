import type { TopLevelSpec } from "vega-lite";
import {
  averagePhases,
  type Phase,
  type PhaseTimes,
  phases,
  sumPhases,
} from "../../records/phases.ts";
import { type PhaseOwner, pageColours, phaseLooks } from "../colours.ts";
import type { LegendEntry } from "../figure.ts";
import type { PlotSize } from "../plot.ts";
import type { Table } from "../table.ts";
import { frame, millisecondAxis, ownFill, rowChannel } from "./channels.ts";

/** The mean time of a condition or a function, phase by phase. */
export interface PhaseBar {
  /** A condition or a function. */
  readonly label: string;
  /** The number of calls or cold starts. */
  readonly count: number;
  /** Mean milliseconds of each phase. */
  readonly meansMs: PhaseTimes;
  /** Their sum. */
  readonly totalMs: number;
}

/** Averages the phases of several cold starts, or of the calls that have phases. */
export function averageBar(
  label: string,
  measured: readonly { readonly phases: PhaseTimes | null }[],
): PhaseBar {
  const all = measured.flatMap((each) => each.phases ?? []);
  const meansMs = averagePhases(all);
  return { label, count: all.length, meansMs, totalMs: sumPhases(meansMs) };
}

/** Milliseconds of a bar that are attributed to one owner. */
export function sumOwner({ meansMs }: PhaseBar, owner: PhaseOwner): number {
  const own = phases.filter((phase) => phaseLooks[phase].owner === owner);
  return own.reduce((sum, phase) => sum + (meansMs[phase] ?? 0), 0);
}

/** The phases that occur in any of the bars, in the order of time. */
export function findUsedPhases(bars: readonly PhaseBar[]): Phase[] {
  return phases.filter((phase) => bars.some(({ meansMs }) => meansMs[phase]));
}

/** The legend of the bars. */
export function phaseLegend(bars: readonly PhaseBar[]): LegendEntry[] {
  return findUsedPhases(bars).map((label) => ({ label, mark: phaseLooks[label] }));
}

/** Draws the bars. Phases that are wide enough show their names. */
export function drawBars(
  bars: readonly PhaseBar[],
  size: PlotSize,
  { title, labelExpr }: { readonly title: string; readonly labelExpr: string },
): TopLevelSpec {
  const values = bars.flatMap(stack);
  const longestLabel = Math.max(...bars.map(({ label }) => label.length));
  const wide = findWide(values, size.widthPx - longestLabel * 7 - 20);
  return {
    ...frame(size, { step: size.isNarrow ? 34 : 38 }),
    data: { values },
    encoding: { y: rowChannel("label", labelExpr) },
    layer: [
      {
        mark: { type: "bar", stroke: pageColours.card, strokeWidth: 0.75, height: { band: 0.78 } },
        encoding: {
          x: { field: "startMs", type: "quantitative", axis: millisecondAxis(title, size) },
          x2: { field: "endMs" },
          fill: ownFill,
        },
      },
      {
        data: { values: wide },
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

function findWide(parts: ReturnType<typeof stack>, roomPx: number) {
  const longestMs = Math.max(...parts.map(({ endMs }) => endMs));
  // Text on hatching is unreadable.
  return parts.filter(
    ({ phase, startMs, endMs }) =>
      phase !== "unexplained" && ((endMs - startMs) / longestMs) * roomPx > phase.length * 6.6 + 8,
  );
}

// The part of a bar for each phase.
function stack({ label, meansMs }: PhaseBar) {
  let cursorMs = 0;
  return phases.flatMap((phase) => {
    const durationMs = meansMs[phase];
    if (durationMs === undefined) return [];
    const startMs = cursorMs;
    cursorMs += durationMs;
    const middleMs = (startMs + cursorMs) / 2;
    const { fill, text } = phaseLooks[phase];
    return [{ label, phase, startMs, endMs: cursorMs, middleMs, fill, text }];
  });
}

/** The figures of the bars, one column each: there are too many phases for columns. */
export function tabulateBars(
  bars: readonly PhaseBar[],
  names: { readonly caption: string; readonly count: string },
): Table {
  const format = (ms = 0) => (ms === 0 ? "–" : ms.toFixed(1));
  return {
    caption: names.caption,
    head: ["phase", ...bars.map(({ label }) => label)],
    rows: [
      ...findUsedPhases(bars).map((phase) => [
        phase,
        ...bars.map(({ meansMs }) => format(meansMs[phase])),
      ]),
      ["total", ...bars.map(({ totalMs }) => format(totalMs))],
      [names.count, ...bars.map(({ count }) => `${count}`)],
    ],
  };
}
