import type { TopLevelSpec } from "vega-lite";
import { formatMs } from "#measure/format.ts";
import type { Look } from "../colours.ts";
import type { Figure } from "../figure.ts";
import { formatEstimate } from "../format-summary.ts";
import type { Headline } from "../headline.ts";
import type { PlotSize } from "../plot.ts";
import {
  type ConditionChannels,
  conditionChannels,
  findExtremes,
  frame,
  millisecondAxis,
} from "./channels.ts";
import { type LabelPlace, placeLabels } from "./place-labels.ts";

const names = {
  median: {
    title: "Median latency and price",
    latency: "median latency",
    short: "median",
  },
  p95: {
    title: "95th percentile of latency and price",
    latency: "95th percentile of latency",
    short: "95th percentile",
  },
} as const;

/** Latency against price, each with its interval: nearer to the corner is better. */
export function plotPrice(
  headlines: readonly Headline[],
  looks: ReadonlyMap<string, Look>,
  kind: keyof typeof names,
  unit: string,
): Figure | undefined {
  const points = headlines.flatMap((headline) => findPoint(headline, kind));
  if (points.length < 2) return undefined;
  const conditions = points.map(({ condition }) => condition);
  const { color } = conditionChannels(conditions, looks);
  const { title, latency, short } = names[kind];
  return {
    name: `price-${kind}`,
    title,
    sentence: describe(points, short, unit),
    legend: [],
    table: tabulate(points, latency, unit),
    draw: (size) => drawPoints(points, color, size, { x: `${unit} of a sample`, y: latency }),
  };
}

function drawPoints(
  points: PricePoint[],
  color: ConditionChannels["color"],
  size: PlotSize,
  titles: { readonly x: string; readonly y: string },
): TopLevelSpec {
  const { labels, bounds } = layOut(points, size);
  const type = "quantitative" as const;
  const xAxis = { title: titles.x, tickCount: size.isNarrow ? 4 : 8 };
  const yAxis = { ...millisecondAxis(titles.y, size), tickCount: 5 };
  const x = { type, scale: { domain: [0, bounds.x] }, axis: xAxis };
  const y = { type, scale: { domain: [0, bounds.y] }, axis: yAxis };
  const at = { x: { field: "price", ...x }, y: { field: "ms", ...y } };
  const interval = { type: "rule", strokeWidth: 1.5, opacity: 0.6 } as const;
  return {
    ...frame(size, heightOf(size)),
    data: { values: points },
    layer: [
      {
        mark: interval,
        encoding: { color, ...at, x: { field: "priceLow", ...x }, x2: { field: "priceHigh" } },
      },
      {
        mark: interval,
        encoding: { color, ...at, y: { field: "msLow", ...y }, y2: { field: "msHigh" } },
      },
      {
        mark: { type: "point", filled: true, size: 90, opacity: 1 },
        encoding: { color, ...at },
      },
      ...labels.map((place, index) => ({
        data: { values: points.slice(index, index + 1) },
        mark: textAt(place),
        encoding: { ...at, text: { field: "condition" } },
      })),
    ],
  };
}

function textAt({ align, dxPx, dyPx }: LabelPlace) {
  return { type: "text", align, dx: dxPx, dy: dyPx, baseline: "middle" } as const;
}

type PricePoint = ReturnType<typeof findPoint>[number];

function findPoint(
  { condition, summary: { podSeconds: price }, latencyMs }: Headline,
  kind: keyof typeof names,
) {
  if (price === null || latencyMs === null) return [];
  const latency = latencyMs[kind];
  return [
    {
      condition,
      price: price.value,
      priceLow: price.low ?? price.value,
      priceHigh: price.high ?? price.value,
      ms: latency.value,
      msLow: latency.low ?? latency.value,
      msHigh: latency.high ?? latency.value,
      estimates: { price, latency },
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

function describe(points: readonly PricePoint[], latency: string, unit: string): string {
  const phrase = ({ condition, price, ms }: PricePoint) =>
    `${condition} (${formatMs(ms)} for ${price.toFixed(1)} ${unit})`;
  const cheapest = findExtremes(points, ({ price }) => price)?.lowest;
  const fastest = findExtremes(points, ({ ms }) => ms)?.lowest;
  if (!cheapest || !fastest) return "";
  return cheapest === fastest
    ? `The lowest price and the lowest ${latency} are both those of ${phrase(cheapest)}.`
    : `The lowest price is that of ${phrase(cheapest)}; the lowest ${latency} is that of ${phrase(fastest)}, for ${(fastest.price / cheapest.price).toFixed(1)} times the price.`;
}

function tabulate(points: readonly PricePoint[], latency: string, unit: string): Figure["table"] {
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
