import type { TopLevelSpec } from "vega-lite";
import { formatMs } from "#measure/format.ts";
import { type PhaseOwner, pageColours, phaseLooks } from "../colours.ts";
import type { Figure } from "../figure.ts";
import type { Headline } from "../headline.ts";
import type { PlotSize } from "../plot.ts";
import type { ReportRun } from "../read-runs.ts";
import { findExtremes, functionLabels, millisecondAxis, ownFill, rowChannel } from "./channels.ts";
import { type Chain, findChain } from "./find-chain.ts";

/** The critical path of one call of each condition, from its start to its end. */
export function plotCriticalPath(
  run: ReportRun,
  headlines: readonly Headline[],
): Figure | undefined {
  const chains = headlines.flatMap((headline) => findChain(run, headline) ?? []);
  const lanes = new Set(chains.flatMap(({ segments }) => segments.map((each) => each.function)));
  if (lanes.size < 2) return undefined;
  return {
    name: "critical-path",
    title: "The critical path of a chain",
    sentence: describe(chains),
    legend: [
      { label: "platform", mark: { fill: fills.platform } },
      { label: "start of a function", mark: { fill: fills.boot } },
      { label: "work and network", mark: { fill: fills.work } },
      { label: "the visitor's steps", mark: { fill: stepFill } },
    ],
    table: tabulate(chains),
    draw: (size) => drawChains(chains, size),
  };
}

function drawChains(chains: readonly Chain[], size: PlotSize): TopLevelSpec {
  const { isNarrow } = size;
  const order = chains.map(({ condition }) => condition);
  const lanes = chains.flatMap(({ segments }) => segments.map((each) => each.function));
  const longestLabel = Math.max(...lanes.map((name) => name.length)) - (isNarrow ? 7 : 0);
  const widthPx = size.widthPx - Math.max(longestLabel, 9) * 7 - 26;
  const y = rowChannel("lane", functionLabels(size));
  const axis = millisecondAxis("time that the visitor waited", size, 3);
  const x = { field: "startMs", type: "quantitative", axis } as const;
  return {
    data: { values: nameWideBars(chains, widthPx) },
    facet: { field: "condition", type: "nominal", sort: order, header: { title: null } },
    columns: 1,
    spacing: 18,
    resolve: { scale: { y: "independent" } },
    spec: {
      width: widthPx,
      height: { step: isNarrow ? 20 : 22 },
      encoding: { y },
      layer: [
        {
          mark: { type: "bar", height: { band: 0.74 } },
          encoding: { x, x2: { field: "endMs" }, fill: ownFill },
        },
        {
          mark: { type: "text", align: "left", dx: 4, fontSize: 11, color: pageColours.card },
          encoding: { x, text: { field: "name" } },
        },
      ],
    },
  };
}

// A step shows its name if there is room.
function nameWideBars(chains: readonly Chain[], widthPx: number) {
  const longestMs = Math.max(...chains.map(({ totalMs }) => totalMs));
  return chains.flatMap(toBars).map((bar) => {
    const barPx = ((bar.endMs - bar.startMs) / longestMs) * widthPx;
    return { ...bar, name: barPx > bar.name.length * 6.6 + 8 ? bar.name : "" };
  });
}

const fills: Readonly<Record<PhaseOwner, string>> = {
  platform: phaseLooks.scaling.fill,
  boot: phaseLooks.modules.fill,
  work: phaseLooks.dependencies.fill,
  unexplained: phaseLooks.unexplained.fill,
};

const stepFill = pageColours.muted;

// A line between two steps separates their bars.
const gapShare = 0.002;

function toBars({ condition, steps, segments, totalMs }: Chain) {
  const gapMs = totalMs * gapShare;
  return [
    ...steps.map(({ step: name, startMs, endMs }) => ({
      condition,
      lane: "steps",
      name,
      startMs,
      endMs: Math.max(startMs, endMs - gapMs),
      fill: stepFill,
    })),
    ...segments.map(({ function: lane, owner, startMs, endMs }) => {
      return { condition, lane, name: "", startMs, endMs, fill: fills[owner] };
    }),
  ];
}

// The time of each function on the path, and the part of it that is the function's start.
function shareOut({ segments }: Chain) {
  const byFunction = Map.groupBy(segments, (segment) => segment.function);
  return [...byFunction]
    .map(([name, own]) => ({
      function: name,
      durationMs: sumOf(own),
      bootMs: sumOf(own.filter(({ owner }) => owner === "boot")),
    }))
    .toSorted((a, b) => b.durationMs - a.durationMs);
}

function sumOf(segments: Chain["segments"]): number {
  return segments.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0);
}

function describe(chains: readonly Chain[]): string {
  const longest = findExtremes(chains, ({ totalMs }) => totalMs)?.highest;
  if (longest === undefined) return "";
  const parts = shareOut(longest)
    .slice(0, 3)
    .map(
      ({ function: name, durationMs }) =>
        `${name} for ${formatMs(durationMs)} (${Math.round((durationMs / longest.totalMs) * 100)} %)`,
    );
  const steps =
    longest.steps.length > 1 ? ` over ${longest.steps.length} steps, without the pauses` : "";
  const hasGap = chains.some(({ steps: all, pathCount }) => pathCount < all.length);
  const gap = hasGap ? " A step without a cold start shows no path." : "";
  return `Each condition shows the call with the median latency. The longest, under ${longest.condition}, took ${formatMs(longest.totalMs)}${steps}; it waited longest for ${parts.join(", ")}.${gap}`;
}

function tabulate(chains: readonly Chain[]): Figure["table"] {
  return {
    caption: "Time on the critical path, by condition and function",
    head: ["condition", "function", "on the path", "share of the latency", "of that, its start"],
    textColumns: [0, 1],
    rows: chains.flatMap((chain) =>
      shareOut(chain).map(({ function: name, durationMs, bootMs }) => [
        chain.condition,
        name,
        formatMs(durationMs),
        `${((durationMs / chain.totalMs) * 100).toFixed(1)} %`,
        bootMs === 0 ? "–" : formatMs(bootMs),
      ]),
    ),
  };
}
