import { html } from "hono/html";
import type { Look } from "./colours.ts";
import type { Html } from "./html.ts";
import { type Draw, renderPlot } from "./plot.ts";
import { renderTable, type Table } from "./table.ts";

/** A plot with its text and its table. */
export interface Figure {
  /** Its id within the experiment: letters and dashes. */
  readonly name: string;
  /** The heading. */
  readonly title: string;
  /** The finding, computed from the figures. */
  readonly sentence: string;
  /** Draws the plot. */
  readonly draw: Draw;
  /** The plot's figures. */
  readonly table: Table;
  /** Empty if the plot needs no legend. */
  readonly legend: readonly LegendEntry[];
}

/** An entry of a legend. */
export interface LegendEntry {
  /** The text. */
  readonly label: string;
  /** A condition's line, or a filled field. */
  readonly mark: Look | { readonly fill: string };
}

/** Renders a figure: its title, its sentence, the plot, and the collapsed table. */
export async function renderFigure(figure: Figure, experiment: string): Promise<Html> {
  const { name, title, sentence, draw, table, legend } = figure;
  const id = `${experiment}-${name}`;
  return html`<figure class="figure" aria-labelledby="${id}">
<h3 id="${id}">${title}</h3>
<p>${keepUnits(sentence)}</p>
${legend.length > 0 ? html`<ul class="legend" aria-label="Legend">${legend.map(renderEntry)}</ul>` : ""}
${await renderPlot(draw, `${title}. ${sentence}`)}
<details><summary>The figures of this plot</summary>${renderTable(table, experiment)}</details>
</figure>
`;
}

// A number and its unit stay on one line.
function keepUnits(sentence: string): string {
  return sentence.replaceAll(/(?<=\d) (?=(?:%|ms\b|s\b))/g, "\u00a0");
}

function renderEntry({ label, mark }: LegendEntry): Html {
  const key =
    "fill" in mark
      ? html`<rect width="14" height="14" y="1" rx="2" fill="${mark.fill}"/>`
      : html`<line x1="0" x2="30" y1="8" y2="8" stroke="${mark.colour}" stroke-width="3" stroke-dasharray="${mark.dash.join(" ")}"/>`;
  const width = "fill" in mark ? 14 : 30;
  return html`<li><svg width="${width}" height="16" viewBox="0 0 ${width} 16" aria-hidden="true">${key}</svg>${label}</li>`;
}
