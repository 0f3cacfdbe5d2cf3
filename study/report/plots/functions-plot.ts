import type { TopLevelSpec } from "vega-lite";
import { formatMs } from "#measure/format.ts";
import type { SampleRecord } from "../../records/sample-record.ts";
import { type Look, pageColours } from "../colours.ts";
import type { Figure } from "../figure.ts";
import type { PlotSize } from "../plot.ts";
import {
  type ConditionChannels,
  conditionChannels,
  findExtremes,
  frame,
  functionLabels,
  millisecondAxis,
  rowChannel,
} from "./channels.ts";
import { findStartBoxes, type StartBox } from "./start-boxes.ts";

/** How long the instances of each function took to start, by condition. */
export function plotFunctions(
  samples: readonly SampleRecord[],
  conditions: readonly string[],
  looks: ReadonlyMap<string, Look>,
): Figure | undefined {
  const boxes = findStartBoxes(samples, conditions);
  if (boxes.length === 0) return undefined;
  const names = conditions.filter((name) => boxes.some(({ condition }) => condition === name));
  const channels = conditionChannels(names, looks);
  return {
    name: "functions",
    title: "Cold starts of each function",
    sentence: describe(boxes),
    legend: channels.legend,
    table: tabulate(boxes),
    draw: (size) => drawBoxes(boxes, channels, size),
  };
}

function drawBoxes(boxes: StartBox[], { color }: ConditionChannels, size: PlotSize): TopLevelSpec {
  const y = rowChannel("name", functionLabels(size));
  const scale = { domain: color.scale.domain };
  const yOffset = { field: "condition", type: "nominal", scale } as const;
  const axis = millisecondAxis("from its creation until it was ready", size);
  const x = (field: string) => ({ field, type: "quantitative", axis }) as const;
  const position = { y, yOffset, color };
  return {
    ...frame(size, { step: 16, for: "offset" }),
    data: { values: boxes },
    layer: [
      {
        mark: { type: "rule", strokeWidth: 1.5 },
        encoding: { ...position, x: x("lowMs"), x2: { field: "highMs" } },
      },
      {
        mark: { type: "bar", height: 10 },
        encoding: { ...position, x: x("q1Ms"), x2: { field: "q3Ms" } },
      },
      {
        mark: { type: "tick", thickness: 2.5, size: 12, color: pageColours.ink },
        encoding: { y, yOffset, x: x("medianMs") },
      },
      {
        data: { values: boxes.flatMap(listOutliers) },
        mark: { type: "point", size: 18, strokeWidth: 1.5 },
        encoding: { ...position, x: x("durationMs") },
      },
    ],
  };
}

// A box of length zero is drawn as a point.
function listOutliers({ name, condition, outliersMs, q1Ms, q3Ms }: StartBox) {
  const points = q1Ms === q3Ms ? [q1Ms, ...outliersMs] : outliersMs;
  return points.map((durationMs) => ({ name, condition, durationMs }));
}

function describe(boxes: readonly StartBox[]): string {
  const extremes = findExtremes(boxes, ({ medianMs }) => medianMs);
  if (extremes === undefined) return "";
  const { lowest: fastest, highest: slowest } = extremes;
  const phrase = ({ name, condition, medianMs, count }: StartBox) =>
    `${name} under ${condition} (median ${formatMs(medianMs)} of ${count})`;
  const range =
    slowest === fastest
      ? `All cold starts were those of ${phrase(slowest)}.`
      : `The longest cold starts were those of ${phrase(slowest)}, the shortest those of ${phrase(fastest)}.`;
  return `${range} A start counts from the creation of the instance until it was ready, with any cause. A box contains the middle half, its whiskers the values within 1.5 times its length.`;
}

function tabulate(boxes: readonly StartBox[]): Figure["table"] {
  return {
    caption: "Cold starts by function and condition",
    head: ["function", "condition", "starts", "first quartile", "median", "third quartile", "max"],
    textColumns: [0, 1],
    rows: boxes.map(({ name, condition, count, q1Ms, medianMs, q3Ms, highMs, outliersMs }) => [
      name,
      condition,
      `${count}`,
      ...[q1Ms, medianMs, q3Ms, Math.max(highMs, ...outliersMs)].map(formatMs),
    ]),
  };
}
