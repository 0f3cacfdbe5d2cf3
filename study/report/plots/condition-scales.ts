import type { Look } from "../colours.ts";
import type { LegendEntry } from "../figure.ts";

/** Vega-Lite scales from a condition's name to its look, and the legend. */
export interface ConditionScales {
  /** By colour. */
  readonly colour: { domain: string[]; range: string[] };
  /** By dashes. */
  readonly dash: { domain: string[]; range: number[][] };
  /** An entry for each condition. */
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
