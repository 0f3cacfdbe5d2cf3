import type { TopLevelSpec } from "vega-lite";
import { formatMs } from "#measure/format.ts";
import type { Estimate } from "#measure/intervals.ts";
import type { Look } from "../colours.ts";
import type { Figure } from "../figure.ts";
import { formatEstimate } from "../format-summary.ts";
import type { Headline } from "../headline.ts";
import { millisecondLabels, type PlotSize } from "../plot.ts";
import { type ConditionScales, scalesOf } from "./condition-scales.ts";
import { type LabelPlace, placeLabels } from "./place-labels.ts";

/** The latency on the vertical axis. */
export type PricedLatency = "median" | "p95";

/** The two axes. */
export interface Price {
  /** The latency. */
  readonly kind: PricedLatency;
  /** `pod-seconds`, or the local platform's unit. */
  readonly unit: string;
}

const titles = {
  median: "Median latency and price",
  p95: "95th percentile of latency and price",
} as const;

/** Latency against price, each with its interval: nearer to the corner is better. */
export function plotPrice(
  headlines: readonly Headline[],
  looks: ReadonlyMap<string, Look>,
  { kind, unit }: Price,
): Figure | undefined {
  const points = headlines.flatMap((headline) => findPoint(headline, kind));
  if (points.length < 2) return undefined;
  const names = points.map(({ condition }) => condition);
  const { colour } = scalesOf(names, looks);
  const latency = kind === "median" ? "median latency" : "95th percentile of latency";
  return {
    name: `price-${kind}`,
    title: titles[kind],
    sentence: describe(points, { kind, unit }),
    legend: [],
    table: tabulate(points, { latency, unit }),
    draw: (size) => drawPoints(points, { colour, latency, unit }, size),
  };
}

function drawPoints(
  points: PricePoint[],
  { colour, latency, unit }: { colour: ConditionScales["colour"]; latency: string; unit: string },
  size: PlotSize,
): TopLevelSpec {
  const { labels, bounds } = layOut(points, size);
  const { x, y, atPrice, atLatency } = channelsOf(bounds, { latency, unit }, size);
  const color = { field: "condition", type: "nominal", scale: colour, legend: null } as const;
  const interval = { type: "rule", strokeWidth: 1.5, opacity: 0.6 } as const;
  return {
    width: size.widthPx,
    height: heightOf(size),
    autosize: { type: "fit", contains: "padding" },
    data: { values: points },
    layer: [
      {
        mark: interval,
        encoding: {
          color,
          y: atLatency,
          x: { field: "priceLow", ...x },
          x2: { field: "priceHigh" },
        },
      },
      {
        mark: interval,
        encoding: { color, x: atPrice, y: { field: "msLow", ...y }, y2: { field: "msHigh" } },
      },
      {
        mark: { type: "point", filled: true, size: 90, opacity: 1 },
        encoding: { color, x: atPrice, y: atLatency },
      },
      ...labels.map((place, index) => ({
        data: { values: points.slice(index, index + 1) },
        mark: textAt(place),
        encoding: { x: atPrice, y: atLatency, text: { field: "condition" } },
      })),
    ],
  };
}

function channelsOf(
  bounds: { readonly x: number; readonly y: number },
  { latency, unit }: { readonly latency: string; readonly unit: string },
  size: PlotSize,
) {
  const type = "quantitative" as const;
  const xAxis = { title: `${unit} of a sample`, tickCount: size.isNarrow ? 4 : 8 };
  const yAxis = { title: latency, labelExpr: millisecondLabels, tickCount: 5 };
  const x = { type, scale: { domain: [0, bounds.x] }, axis: xAxis };
  const y = { type, scale: { domain: [0, bounds.y] }, axis: yAxis };
  return { x, y, atPrice: { field: "price", ...x }, atLatency: { field: "ms", ...y } };
}

function textAt({ align, dxPx, dyPx }: LabelPlace) {
  return { type: "text", align, dx: dxPx, dy: dyPx, baseline: "middle" } as const;
}

interface PricePoint {
  readonly condition: string;
  readonly price: number;
  readonly priceLow: number;
  readonly priceHigh: number;
  readonly ms: number;
  readonly msLow: number;
  readonly msHigh: number;
  readonly estimates: { readonly price: Estimate; readonly latency: Estimate };
}

function findPoint(
  { condition, summary: { podSeconds }, latencyMs }: Headline,
  kind: PricedLatency,
): PricePoint[] {
  if (podSeconds === null || latencyMs === null) return [];
  const latency = latencyMs[kind];
  return [
    {
      condition,
      price: podSeconds.value,
      priceLow: podSeconds.low ?? podSeconds.value,
      priceHigh: podSeconds.high ?? podSeconds.value,
      ms: latency.value,
      msLow: latency.low ?? latency.value,
      msHigh: latency.high ?? latency.value,
      estimates: { price: podSeconds, latency },
    },
  ];
}

function heightOf({ isNarrow }: PlotSize): number {
  return isNarrow ? 280 : 340;
}

const axisRoomPx = { x: 70, y: 50 };

function layOut(points: readonly PricePoint[], size: PlotSize) {
  const x = Math.max(...points.map(({ priceHigh }) => priceHigh)) * 1.06;
  const y = Math.max(...points.map(({ msHigh }) => msHigh)) * 1.1;
  const widthPx = size.widthPx - axisRoomPx.x;
  const heightPx = heightOf(size) - axisRoomPx.y;
  const placed = points.map(({ condition, price, ms }) => ({
    label: condition,
    xPx: (price / x) * widthPx,
    yPx: (1 - ms / y) * heightPx,
  }));
  return { labels: placeLabels(placed, { widthPx, heightPx }), bounds: { x, y } };
}

function describe(points: readonly PricePoint[], { kind, unit }: Price): string {
  const say = ({ condition, price, ms }: PricePoint) =>
    `${condition} (${formatMs(ms)} for ${price.toFixed(1)} ${unit})`;
  const [cheapest] = points.toSorted((a, b) => a.price - b.price);
  const [fastest] = points.toSorted((a, b) => a.ms - b.ms);
  if (!cheapest || !fastest) return "";
  const which = kind === "median" ? "median" : "95th percentile";
  return cheapest === fastest
    ? `The lowest price and the lowest ${which} are both those of ${say(cheapest)}.`
    : `The lowest price is that of ${say(cheapest)}; the lowest ${which} is that of ${say(fastest)}, for ${(fastest.price / cheapest.price).toFixed(1)} times the price.`;
}

function tabulate(
  points: readonly PricePoint[],
  { latency, unit }: { latency: string; unit: string },
): Figure["table"] {
  return {
    caption: `Price in ${unit}, and ${latency}, with 95 % intervals`,
    head: ["condition", `${unit} [95 %]`, `${latency} [95 %]`],
    rows: points.map(({ condition, estimates }) => [
      condition,
      formatEstimate(estimates.price, (value) => value.toFixed(1)),
      formatEstimate(estimates.latency, formatMs),
    ]),
  };
}
