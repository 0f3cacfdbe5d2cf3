import type { Look } from "../colours.ts";
import type { LegendEntry } from "../figure.ts";

/** Scales from a condition's name to its look, and the legend that says so. */
export interface ConditionScales {
  readonly colour: { domain: string[]; range: string[] };
  readonly dash: { domain: string[]; range: number[][] };
  readonly legend: readonly LegendEntry[];
}

/** Makes the scales of some conditions. */
export function scalesOf(
  names: readonly string[],
  looks: ReadonlyMap<string, Look>,
): ConditionScales {
  const known = names.map((name) => looks.get(name) ?? plain);
  const legend: LegendEntry[] = names.map((label, index) => ({
    label,
    mark: known[index] ?? plain,
  }));
  return {
    colour: { domain: [...names], range: known.map(({ colour }) => colour) },
    dash: { domain: [...names], range: known.map(({ dash }) => [...dash]) },
    legend,
  };
}

const plain: Look = { colour: "currentColor", dash: [1, 0] };
