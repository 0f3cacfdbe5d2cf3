import { html, raw } from "hono/html";
import * as vega from "vega";
import { logger, parse, View, Error as vegaErrorLevel } from "vega";
import { type Config, compile, type TopLevelSpec } from "vega-lite";
import { pageColours } from "./colours.ts";
import type { Html } from "./html.ts";

/** The size of a plot. */
export interface PlotSize {
  /** Width in pixels. */
  readonly widthPx: number;
  /** For a phone: labels have less space. */
  readonly isNarrow: boolean;
}

/** Draws a plot for a size. */
export type Draw = (size: PlotSize) => TopLevelSpec;

/** Each plot is rendered twice and the page shows the one that fits, so that text keeps its size. */
const sizes: readonly PlotSize[] = [
  { widthPx: 960, isNarrow: false },
  { widthPx: 340, isNarrow: true },
];

/**
 * Renders a plot as inline SVG. Colours are the page's variables, so the plot follows the page's dark
 * and print styles.
 *
 * @param label the text for screen readers
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

// Without a canvas, Vega assumes 0.8 of the font's size for each character, and a third of a plot for
// labels. In the page's fonts the mean is 0.58. Texts are never cut: `limit` needs Vega's own metrics.
// Vega's declarations omit the metrics.
const { textMetrics } = vega as { textMetrics?: TextMetrics };
if (textMetrics === undefined) throw new Error("this version of Vega has no text metrics");
textMetrics.width = ({ fontSize = 11, text: own }, text = own) =>
  `${text ?? ""}`.length * fontSize * 0.58;

interface TextMetrics {
  width: (item: { fontSize?: number; text?: unknown }, text?: unknown) => number;
}

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

// The image has one name: roles and labels of its marks are removed, and transparent labels, which
// would overlap others, too.
function bodyOf(svg: string): string {
  return svg
    .slice(svg.indexOf(">") + 1)
    .replaceAll(/ (?:role|aria-[a-z]+|class|pointer-events)="[^"]*"/g, "")
    .replaceAll(/<text [^>]*opacity="0"[^>]*>[^<]*<\/text>/g, "");
}
