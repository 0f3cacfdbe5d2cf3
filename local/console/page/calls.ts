import { formatMs } from "#measure/format.ts";
import type { CallEdge, ConsoleState } from "../model.ts";
import { element, KeyedList, setAttributes, setText } from "./dom.ts";
import { formatCount, shortName } from "./format.ts";
import { edgeKey } from "./graph-ways.ts";

/** The calls between functions as a table: what the graph shows, in full. */
export class CallsView {
  readonly #rows: KeyedList<CallEdge, HTMLTableRowElement>;

  constructor(body: HTMLElement) {
    this.#rows = new KeyedList<CallEdge, HTMLTableRowElement>(body, edgeKey, (edge) =>
      element("tr", {}, ...cellsOf(edge).map(() => element("td"))),
    );
  }

  /** Shows a state: the calls that were seen, from the one with the most. */
  show({ graph }: ConsoleState): void {
    const seen = graph
      .filter(({ callCount }) => callCount > 0)
      .toSorted((a, b) => b.callCount - a.callCount);
    this.#rows.show(seen, (row, edge) => {
      setAttributes(row, { class: edge.errorCount > 0 ? "failing" : undefined });
      cellsOf(edge).forEach((text, index) => {
        const cell = row.children[index];
        if (cell) setText(cell, text);
      });
    });
  }
}

function cellsOf({ parent, child, callCount, perMinute, errorCount, p99Ms }: CallEdge): string[] {
  return [
    shortName(parent),
    shortName(child),
    formatCount(callCount),
    formatCount(perMinute),
    formatCount(errorCount),
    p99Ms === null ? "" : formatMs(p99Ms),
  ];
}
