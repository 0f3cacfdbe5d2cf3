import { html } from "hono/html";
import type { Html } from "./html.ts";

/** A table. The first column names the row. */
export interface Table {
  /** The caption. */
  readonly caption: string;
  /** The column headings. */
  readonly head: readonly string[];
  /** A list of cells for each row. */
  readonly rows: readonly (readonly string[])[];
  /** Indexes of text columns; the others have numbers and are aligned to the right. */
  readonly textColumns?: readonly number[];
}

/**
 * Renders a table that scrolls on its own if the page is narrower.
 *
 * @param of the experiment; with the caption it makes the table's name unique in the page
 */
export function renderTable({ caption, head, rows, textColumns = [0] }: Table, of: string): Html {
  const kindOf = (column: number) => (textColumns.includes(column) ? "text" : "number");
  return html`<div class="table" role="region" aria-label="${`${caption} (${of})`}" tabindex="0"><table>
<caption><span>${caption}</span></caption>
<thead><tr>${head.map((cell, column) => html`<th scope="col" class="${kindOf(column)}">${cell}</th>`)}</tr></thead>
<tbody>${rows.map(
    (row) => html`<tr>${row.map((cell, column) =>
      column === 0
        ? html`<th scope="row" class="${kindOf(0)}">${cell}</th>`
        : html`<td class="${kindOf(column)}">${cell}</td>`,
    )}</tr>
`,
  )}</tbody></table></div>`;
}
