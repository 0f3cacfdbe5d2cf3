import { html } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import { formatMs } from "#measure/format.ts";
import type { ConsoleState } from "../model.ts";
import { edgeKey } from "./call-graph-layout.ts";
import { formatCount, shortName } from "./format.ts";
import { show } from "./show.ts";

/** Shows all figures of the call graph as a table, the most frequent call first. */
export function showCalls({ graph }: ConsoleState): void {
  const seen = graph
    .filter(({ callCount }) => callCount > 0)
    .toSorted((a, b) => b.callCount - a.callCount);
  const rows = repeat(
    seen,
    edgeKey,
    ({ parent, child, callCount, perMinute, errorCount, p99Ms }) => html`<tr
      class=${errorCount > 0 ? "failing" : "passing"}
    >
      <td>${shortName(parent)}</td>
      <td>${shortName(child)}</td>
      <td>${formatCount(callCount)}</td>
      <td>${formatCount(perMinute)}</td>
      <td>${formatCount(errorCount)}</td>
      <td>${p99Ms === null ? "" : formatMs(p99Ms)}</td>
    </tr>`,
  );
  show("calls", rows);
}
