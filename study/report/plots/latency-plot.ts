import type { TopLevelSpec } from "vega-lite";
import { formatMs } from "#measure/format.ts";
import { quantileOf } from "#measure/quantiles.ts";
import type { Look } from "../colours.ts";
import type { Figure } from "../figure.ts";
import type { Headline } from "../headline.ts";
import { chooseLatencyScale } from "../latency-scale.ts";
import type { PlotSize } from "../plot.ts";
import {
  type ConditionChannels,
  conditionChannels,
  findExtremes,
  frame,
  millisecondAxis,
} from "./channels.ts";

/** The share of calls that were answered within a time, by condition. */
export function plotLatency(
  headlines: readonly Headline[],
  looks: ReadonlyMap<string, Look>,
): Figure | undefined {
  const measured = headlines.filter(({ rows }) => rows.length > 0);
  if (measured.length === 0) return undefined;
  const names = measured.map(({ condition }) => condition);
  const channels = conditionChannels(names, looks);
  const points = measured.flatMap(distribute);
  return {
    name: "latency",
    title: "Latency of each condition",
    sentence: describe(measured),
    legend: channels.legend,
    table: tabulate(measured),
    draw: (size) => drawLines(points, channels, size),
  };
}

function drawLines(
  points: ReturnType<typeof distribute>,
  { color, strokeDash }: ConditionChannels,
  size: PlotSize,
): TopLevelSpec {
  const latencies = points.map(({ latencyMs }) => latencyMs);
  const { scale, ticks } = chooseLatencyScale(latencies, size);
  const title = scale.type === "log" ? "latency, logarithmic" : "latency";
  const { tickCount, ...axis } = millisecondAxis(title, size);
  // Vega thins given values if it has a count, too.
  const ticking = ticks ? { values: ticks } : { tickCount };
  return {
    ...frame(size, size.isNarrow ? 240 : 320),
    data: { values: points },
    mark: { type: "line", interpolate: "step-after", strokeWidth: 2.5 },
    encoding: {
      x: { field: "latencyMs", type: "quantitative", scale, axis: { ...axis, ...ticking } },
      y: {
        field: "share",
        type: "quantitative",
        scale: { domain: [0, 1] },
        axis: { title: "share of calls answered", format: "%", tickCount: 5 },
      },
      order: { field: "position", type: "quantitative" },
      color,
      strokeDash,
    },
  };
}

const maxPoints = 200;

// One step for each call; for many calls the quantiles, whose steps are narrower than a pixel.
function distribute({ condition, rows }: Headline) {
  const sorted = rows.map(({ latencyMs }) => latencyMs).toSorted((a, b) => a - b);
  const count = Math.min(sorted.length, maxPoints);
  const points = Array.from({ length: count }, (_, index) => {
    const position = Math.ceil(((index + 1) * sorted.length) / count) - 1;
    return { latencyMs: round(sorted[position] ?? 0), share: (position + 1) / sorted.length };
  });
  const first = { latencyMs: round(sorted[0] ?? 0), share: 0 };
  return [first, ...points].map((point, position) => ({ condition, position, ...point }));
}

function round(ms: number): number {
  return Math.round(ms * 100) / 100;
}

function describe(headlines: readonly Headline[]): string {
  const medians = headlines.flatMap(({ condition, latencyMs }) =>
    latencyMs ? { condition, ms: latencyMs.median.value } : [],
  );
  const extremes = findExtremes(medians, ({ ms }) => ms);
  if (extremes === undefined) return "";
  const { lowest: fastest, highest: slowest } = extremes;
  if (fastest === slowest) return `Half of the calls were answered within ${formatMs(fastest.ms)}.`;
  return `Half of the calls were answered within ${formatMs(fastest.ms)} under ${fastest.condition}, the fastest, and within ${formatMs(slowest.ms)} under ${slowest.condition}, the slowest.`;
}

const shares = [0, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1];

function tabulate(headlines: readonly Headline[]): Figure["table"] {
  const shareNames = shares.map((share) => `${Math.round(share * 100)} %`);
  return {
    caption: "Latency within which a share of the calls was answered",
    head: ["condition", "calls", ...shareNames],
    rows: headlines.map(({ condition, rows }) => {
      const latenciesMs = rows.map(({ latencyMs }) => latencyMs);
      const cells = shares.map((share) => formatMs(quantileOf(latenciesMs, share)));
      return [condition, `${rows.length}`, ...cells];
    }),
  };
}
