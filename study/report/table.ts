import { html } from "hono/html";
import type { Html } from "./html.ts";

/** A table: the first column names the row. */
export interface Table {
  readonly caption: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Columns of text, by index; the others hold figures and stand to the right. */
  readonly textColumns?: readonly number[];
}

/**
 * Renders a table that scrolls by itself where the page is narrower.
 *
 * @param of what it belongs to: with its caption the only name of its kind in the page
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
