import { html, raw } from "hono/html";
import * as vega from "vega";
import { logger, parse, View, Error as vegaErrorLevel } from "vega";
import { type Config, compile, type TopLevelSpec } from "vega-lite";
import { pageColours } from "./colours.ts";
import type { Html } from "./html.ts";
import { measureTextIn } from "./measure-text.ts";

/** How wide a plot is drawn, in pixels. */
export interface PlotSize {
  readonly widthPx: number;
  /** For a telephone: labels have less room. */
  readonly isNarrow: boolean;
}

/** Draws a plot for a size. */
export type Draw = (size: PlotSize) => TopLevelSpec;

/** Each plot is there twice, and the page shows the one that fits: text stays as large as text is. */
const sizes: readonly PlotSize[] = [
  { widthPx: 960, isNarrow: false },
  { widthPx: 340, isNarrow: true },
];

/**
 * Renders a plot as SVG that stands in a page. Colours are the page's variables, so that it follows
 * the page into the dark and onto paper.
 *
 * @param label what it shows, for those who do not see it
 */
export async function renderPlot(draw: Draw, label: string): Promise<Html> {
  const drawn = await Promise.all(
    sizes.map(async (size) => {
      const { spec } = compile(draw(size), { config, logger: quiet });
      const view = new View(parse(spec), { renderer: "none", logger: quiet });
      const svg = await view.toSVG();
      view.finalize();
      return html`<div class="${size.isNarrow ? "plot narrow" : "plot wide"}">${openSvg(svg, label)}${raw(bodyOf(svg))}</div>`;
    }),
  );
  return html`${drawn}`;
}

const quiet = logger(vegaErrorLevel);

// Without a canvas to measure with, Vega takes each character for 0.8 of the font's size, and leaves
// a third of a plot to its labels. In the fonts of pages a character takes 0.58 of it on average.
measureTextIn(vega, 0.58);

const font = "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif";

const config: Config = {
  aria: false,
  background: "transparent",
  font,
  padding: 2,
  view: { stroke: null },
  text: { fontSize: 12, color: pageColours.ink },
  axis: {
    labelColor: pageColours.muted,
    titleColor: pageColours.muted,
    gridColor: pageColours.line,
    domainColor: pageColours.line,
    tickColor: pageColours.line,
    labelFontSize: 12,
    labelLimit: 0,
    labelPadding: 6,
    titleFontSize: 12,
    titleFontWeight: "normal",
    titlePadding: 8,
  },
  axisY: { labelColor: pageColours.ink },
  header: {
    labelColor: pageColours.ink,
    labelFontSize: 13,
    labelFontWeight: "bold",
    labelAnchor: "start",
    labelLimit: 0,
    title: null,
  },
};

function openSvg(svg: string, label: string): Html {
  const [, viewBox = ""] = /viewBox="([^"]+)"/.exec(svg) ?? [];
  return html`${raw("<svg")} xmlns="http://www.w3.org/2000/svg" viewBox="${viewBox}" role="img" aria-label="${label}">`;
}

// As a picture it has one name: what its marks say of themselves is nobody's, and labels that are
// transparent because they would cover others are none.
function bodyOf(svg: string): string {
  return svg
    .slice(svg.indexOf(">") + 1)
    .replaceAll(/ (?:role|aria-[a-z]+|class|pointer-events)="[^"]*"/g, "")
    .replaceAll(/<text [^>]*opacity="0"[^>]*>[^<]*<\/text>/g, "");
}

/** Labels of an axis in milliseconds, as a Vega expression: `250 ms`, `1.5 s`. */
export const millisecondLabels =
  "datum.value === 0 ? '0' : abs(datum.value) >= 1000 ? format(datum.value / 1000, '.3~r') + ' s' : format(datum.value, '.3~r') + ' ms'";

/** Labels of an axis of functions, as a Vega expression: shorter where there is little room. */
export function functionLabels({ isNarrow }: PlotSize): string {
  return isNarrow ? "replace(datum.label, /service$/, '')" : "datum.label";
}
