import { html, type TemplateResult } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import { formatAgo, formatMs } from "#measure/format.ts";
import type { ConsoleState, TraceSummary } from "../model.ts";
import { plural } from "./format.ts";
import { show } from "./show.ts";

const maxShown = 12;

/** Shows the latest traces; each is a link to its waterfall. */
export function showTraces({ traces }: ConsoleState, nowMs: number): void {
  const rows = traces.slice(0, maxShown);
  const maxMs = Math.max(1, ...rows.map(({ durationMs }) => durationMs));
  show(
    "traces",
    rows.length === 0
      ? html`<li class="empty">No trace has arrived yet.</li>`
      : repeat(
          rows,
          ({ traceId }) => traceId,
          (trace) => drawRow(trace, maxMs, nowMs),
        ),
  );
}

function drawRow(trace: TraceSummary, maxMs: number, nowMs: number): TemplateResult {
  const { coldStarts, errorCount } = trace;
  const facts = [
    plural(trace.spanCount, "span"),
    plural(trace.serviceCount, "function"),
    formatAgo(trace.startMs, nowMs),
  ];
  return html`<li class="trace-row" data-failed=${errorCount > 0 ? "yes" : "no"}>
    <a href="#trace=${trace.traceId}">
      <span class="trace-name">${trace.rootName || "a trace whose first span is missing"}</span>
      <span class="trace-duration">${formatMs(trace.durationMs)}</span>
      <span class="trace-facts">
        <span class="muted">${trace.rootService}</span>
        <span class="muted">${facts.join(" · ")}</span>
        <span class="chip cold"
          >${coldStarts.length > 0 ? `❄ ${plural(coldStarts.length, "cold start")}` : ""}</span
        >
        <span class="chip failed">${errorCount > 0 ? plural(errorCount, "error") : ""}</span>
      </span>
      <span class="track" aria-hidden="true"
        ><span class="trace-bar" .style=${`--share: ${trace.durationMs / maxMs}`}></span
      ></span>
    </a>
  </li>`;
}
