import type { TopLevelSpec } from "vega-lite";
import { meanOf } from "#measure/quantiles.ts";
import type { SampleRecord } from "../../records/sample-record.ts";
import type { Look } from "../colours.ts";
import type { Figure } from "../figure.ts";
import type { PlotSize } from "../plot.ts";
import { type ConditionChannels, conditionChannels, findExtremes, frame } from "./channels.ts";

/** Instances over the time of a sample: the mean over the condition's samples. */
export function plotReplicas(
  samples: readonly SampleRecord[],
  conditions: readonly string[],
  looks: ReadonlyMap<string, Look>,
): Figure | undefined {
  const kept = samples.filter(({ verdict }) => verdict === "kept");
  const curves = conditions.flatMap((condition) => {
    const own = kept.filter((sample) => sample.condition === condition);
    return own.some(({ instances }) => instances.length > 0) ? [countOver(condition, own)] : [];
  });
  if (curves.length === 0) return undefined;
  const names = curves.map(({ condition }) => condition);
  const channels = conditionChannels(names, looks);
  return {
    name: "replicas",
    title: "Instances over time",
    sentence: describe(curves),
    legend: channels.legend,
    table: tabulate(curves),
    draw: (size) => drawCurves(curves, channels, size),
  };
}

function drawCurves(
  curves: readonly Curve[],
  { color, strokeDash }: ConditionChannels,
  size: PlotSize,
): TopLevelSpec {
  const values = curves.flatMap(({ condition, points }) =>
    points.map((point) => ({ condition, ...point })),
  );
  return {
    ...frame(size, size.isNarrow ? 200 : 260),
    data: { values },
    mark: { type: "line", interpolate: "step-after", strokeWidth: 2.5 },
    encoding: {
      x: {
        field: "atSeconds",
        type: "quantitative",
        axis: { title: "seconds from a sample's start", tickCount: size.isNarrow ? 5 : 10 },
      },
      y: {
        field: "count",
        type: "quantitative",
        axis: { title: "instances (mean)", tickCount: 5, format: "~r" },
      },
      color,
      strokeDash,
    },
  };
}

type Curve = ReturnType<typeof countOver>;

const pointCount = 200;

// The mean over the samples that cover this time, as long as they are at least half.
function countOver(condition: string, samples: readonly SampleRecord[]) {
  const lengthMs = Math.max(...samples.map((sample) => sample.endedAtMs - sample.startedAtMs));
  const points: { atSeconds: number; count: number }[] = [];
  for (let index = 0; index <= pointCount; index++) {
    const atMs = (index / pointCount) * lengthMs;
    const counts = samples.flatMap((sample) => countAt(sample, sample.startedAtMs + atMs) ?? []);
    if (counts.length * 2 < samples.length) break;
    points.push({ atSeconds: round(atMs / 1000), count: round(meanOf(counts)) });
  }
  return { condition, points, lengthSeconds: points.at(-1)?.atSeconds ?? 0 };
}

// The count after a sample's end is unknown, unless all instances were removed before it: then it is 0.
function countAt({ endedAtMs, instances }: SampleRecord, nowMs: number): number | undefined {
  const isKnown =
    nowMs <= endedAtMs || instances.every(({ goneAtMs }) => goneAtMs !== null && goneAtMs <= nowMs);
  if (!isKnown) return undefined;
  return instances.filter(
    ({ createdAtMs, goneAtMs }) => createdAtMs <= nowMs && (goneAtMs === null || goneAtMs > nowMs),
  ).length;
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

function peakOf({ points }: Curve) {
  return points.reduce((peak, point) => (point.count > peak.count ? point : peak));
}

function averageOf({ points }: Curve): number {
  return meanOf(points.map(({ count }) => count));
}

function describe(curves: readonly Curve[]): string {
  const extremes = findExtremes(curves, averageOf);
  if (extremes === undefined) return "";
  const { lowest, highest } = extremes;
  const phrase = (curve: Curve) =>
    `${averageOf(curve).toFixed(1)} under ${curve.condition} (at most ${peakOf(curve).count.toFixed(1)})`;
  const range =
    lowest === highest ? phrase(lowest) : `between ${phrase(lowest)} and ${phrase(highest)}`;
  return `During the observed time there were ${range} instances, on average over all samples.`;
}

function tabulate(curves: readonly Curve[]): Figure["table"] {
  const shares = [0, 0.1, 0.25, 0.5, 0.75, 1];
  return {
    caption: "Mean number of instances, at shares of the observed time",
    head: [
      "condition",
      "observed",
      "mean",
      "max",
      "time of max",
      ...shares.map((share) => `at ${Math.round(share * 100)} %`),
    ],
    rows: curves.map((curve) => {
      const { count, atSeconds } = peakOf(curve);
      const at = shares.map(
        (share) => curve.points[Math.round(share * (curve.points.length - 1))]?.count ?? 0,
      );
      return [
        curve.condition,
        `${curve.lengthSeconds.toFixed(1)} s`,
        averageOf(curve).toFixed(2),
        count.toFixed(1),
        `${atSeconds.toFixed(1)} s`,
        ...at.map((value) => value.toFixed(1)),
      ];
    }),
  };
}
