import type { Phase } from "../records/phases.ts";

/** How every plot of a report draws a condition. */
export interface Look {
  /** A CSS colour: a variable of the page, with its light value for an SVG outside the page. */
  readonly colour: string;
  /** The dashes of its lines, in pixels; `[1, 0]` for a solid line. */
  readonly dash: readonly [number, number, ...number[]];
}

/** Okabe and Ito's palette, which any colour vision can distinguish; grey for its black, yellow darkened. */
const palette = [
  "#0072b2",
  "#d55e00",
  "#009e73",
  "#cc79a7",
  "#e69f00",
  "#56b4e9",
  "#666666",
  "#a89a00",
] as const;

const dashes: readonly Look["dash"][] = [
  [1, 0],
  [7, 3],
  [2, 2],
  [9, 3, 2, 3],
  [4, 2],
  [12, 4],
  [1, 3],
  [6, 2, 1, 2, 1, 2],
];

/**
 * Assigns each condition a look that is unique within its experiments. A condition of several experiments
 * has the same look in all. After eight conditions colours repeat, with other dashes.
 */
export function assignLooks(experiments: readonly (readonly string[])[]): Map<string, Look> {
  const slots = new Map<string, number>();
  for (const name of experiments.flat()) {
    if (slots.has(name)) continue;
    const beside = new Set(experiments.filter((names) => names.includes(name)).flat());
    const taken = new Set([...beside].map((other) => slots.get(other)));
    let slot = 0;
    while (taken.has(slot)) slot++;
    slots.set(name, slot);
  }
  return new Map([...slots].map(([name, slot]) => [name, lookOf(slot)]));
}

function lookOf(slot: number): Look {
  const index = slot % palette.length;
  const round = Math.floor(slot / palette.length);
  return {
    colour: `var(--condition-${index}, ${palette[index]})`,
    dash: dashes[(index + round) % dashes.length] ?? [1, 0],
  };
}

/** The cause of a phase's time. */
export type PhaseOwner = "platform" | "boot" | "work" | "unexplained";

/** How a phase is drawn: owners differ by hue, their phases by lightness. */
export interface PhaseLook {
  /** The cause of its time. */
  readonly owner: PhaseOwner;
  /** A colour with enough contrast on a light and on a dark page. */
  readonly fill: string;
  /** The colour of text on the fill. */
  readonly text: string;
}

const light = "#ffffff";
const dark = "#10181c";

/** The looks of all phases. */
export const phaseLooks: Readonly<Record<Phase, PhaseLook>> = {
  gateway: { owner: "platform", fill: "#1f6396", text: light },
  scaling: { owner: "platform", fill: "#2f7fba", text: light },
  scheduling: { owner: "platform", fill: "#5b9fd3", text: dark },
  sandbox: { owner: "platform", fill: "#84bae3", text: dark },
  container: { owner: "platform", fill: "#aed3ef", text: dark },
  node: { owner: "boot", fill: "#b34c00", text: light },
  modules: { owner: "boot", fill: "#dd7a1c", text: dark },
  listen: { owner: "boot", fill: "#eda24e", text: dark },
  telemetry: { owner: "boot", fill: "#f7c98d", text: dark },
  "kubelet status delay": { owner: "platform", fill: "#74b0dd", text: dark },
  probe: { owner: "platform", fill: "#3f8cc4", text: dark },
  forward: { owner: "platform", fill: "#97c5e8", text: dark },
  handler: { owner: "work", fill: "#00745a", text: light },
  dependencies: { owner: "work", fill: "#2fa884", text: dark },
  reply: { owner: "work", fill: "#8fd3bd", text: dark },
  unexplained: { owner: "unexplained", fill: "url(#hatch)", text: "var(--ink, #1b2325)" },
};

/** Colours of the page's text and lines. */
export const pageColours = {
  ink: "var(--ink, #1b2325)",
  muted: "var(--muted, #566063)",
  line: "var(--line, #d9d9d4)",
  card: "var(--card, #ffffff)",
} as const;
