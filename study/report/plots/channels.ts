import type { Look } from "../colours.ts";
import type { LegendEntry } from "../figure.ts";
import type { PlotSize } from "../plot.ts";

/** Vega-Lite's channels for the looks of some conditions, and the legend. */
export function conditionChannels(names: readonly string[], looks: ReadonlyMap<string, Look>) {
  const marks = names.map((name) => looks.get(name) ?? plain);
  const domain = [...names];
  const colours = { domain, range: marks.map(({ colour }) => colour) };
  const dashes = { domain, range: marks.map(({ dash }) => [...dash]) };
  const channel = { field: "condition", type: "nominal", legend: null } as const;
  return {
    color: { ...channel, scale: colours },
    strokeDash: { ...channel, scale: dashes },
    legend: marks.map((mark, index): LegendEntry => ({ label: names[index] ?? "", mark })),
  };
}

/** The channels of some conditions. */
export type ConditionChannels = ReturnType<typeof conditionChannels>;

const plain: Look = { colour: "currentColor", dash: [1, 0] };

/** The fill that the data give. */
export const ownFill = { field: "fill", type: "nominal", scale: null } as const;

/** The labels of rows: conditions or functions. `labelExpr` is a Vega expression. */
export function rowChannel(field: string, labelExpr: string) {
  const axis = { title: null, labelExpr, ticks: false, domain: false };
  return { field, type: "nominal", sort: null, axis } as const;
}

/** An axis in milliseconds. On a narrow plot it has fewer ticks: four, if not given. */
export function millisecondAxis(title: string, { isNarrow }: PlotSize, narrowCount = 4) {
  return { title, labelExpr: millisecondLabels, tickCount: isNarrow ? narrowCount : 8 };
}

// `250 ms`, `1.5 s`, as a Vega expression.
const millisecondLabels =
  "datum.value === 0 ? '0' : abs(datum.value) >= 1000 ? format(datum.value / 1000, '.3~r') + ' s' : format(datum.value, '.3~r') + ' ms'";

/** Labels of an axis of functions, as a Vega expression: shorter on a narrow plot. */
export function functionLabels({ isNarrow }: PlotSize): string {
  return isNarrow ? "replace(datum.label, /service$/, '')" : "datum.label";
}

/** The size of a plot that also has its axes within the width; of a plot with rows, a row's height. */
export function frame({ widthPx }: PlotSize, height: number | { step: number; for?: "offset" }) {
  const type: "fit" | "fit-x" = typeof height === "number" ? "fit" : "fit-x";
  return { width: widthPx, height, autosize: { type, contains: "padding" } } as const;
}

/** The items with the lowest and the highest value; undefined if there are none. */
export function findExtremes<T>(
  items: readonly T[],
  measure: (item: T) => number,
): { lowest: T; highest: T } | undefined {
  const [lowest, ...others] = items.toSorted((a, b) => measure(a) - measure(b));
  return lowest === undefined ? undefined : { lowest, highest: others.at(-1) ?? lowest };
}
