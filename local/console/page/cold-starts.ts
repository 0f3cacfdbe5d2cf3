import { html, type TemplateResult } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import { formatAgo, formatMs } from "#measure/format.ts";
import type { ColdStartRecord } from "../../instances/function-snapshot.ts";
import type { ConsoleState } from "../model.ts";
import { show } from "./show.ts";

// In the order of a boot; `platform` is the rest of the time until the caller is connected.
const phases = ["spawn", "node", "modules", "listen", "telemetry", "platform"] as const;

const maxShown = 14;

/** Shows the legend of the boot phases. */
export function showPhases(): void {
  show(
    "phases",
    phases.map((phase) => html`<li data-phase=${phase}>${phase}</li>`),
  );
}

/** Shows the last cold starts, each as a bar of its phases. */
export function showColdStarts({ coldStarts }: ConsoleState, nowMs: number): void {
  const records = coldStarts.slice(0, maxShown);
  const maxMs = Math.max(1, ...records.map(({ totalMs }) => totalMs));
  const keyOf = (record: ColdStartRecord) => `${record.function} ${record.atMs}`;
  show(
    "cold-starts",
    records.length === 0
      ? html`<li class="empty">No function has started yet.</li>`
      : repeat(records, keyOf, (record) => drawRow(record, maxMs, nowMs)),
  );
}

function drawRow(record: ColdStartRecord, maxMs: number, nowMs: number): TemplateResult {
  const parts = partsOf(record);
  const text = parts.map(({ phase, ms }) => `${phase} ${formatMs(ms)}`).join(", ");
  const bar = parts.map(
    ({ phase, ms }) => html`<span
      data-phase=${phase}
      title="${phase}: ${formatMs(ms)}"
      .style=${`--share: ${ms / record.totalMs}`}
    ></span>`,
  );
  return html`<li class="cold-start">
    <span class="cold-name">${record.function}</span>
    <span class="muted cold-ago">${formatAgo(record.atMs, nowMs)}</span>
    <span class="cold-total">${formatMs(record.totalMs)}</span>
    <span class="track"
      ><span
        class="boot"
        role="img"
        aria-label=${text}
        .style=${`--share: ${record.totalMs / maxMs}`}
        >${bar}</span
      ></span
    >
  </li>`;
}

function partsOf({ phases: boot, totalMs }: ColdStartRecord): { phase: string; ms: number }[] {
  const named = Object.entries(boot).map(([phase, ms]) => ({ phase, ms }));
  const rest = totalMs - named.reduce((sum, { ms }) => sum + ms, 0);
  return rest > 0 ? [...named, { phase: "platform", ms: rest }] : named;
}
