import { formatAgo, formatMs } from "#measure/format.ts";
import type { ConsoleState, TraceSummary } from "../model.ts";
import { element, KeyedList, part, setAttributes, setText } from "./dom.ts";
import { plural } from "./format.ts";

const shown = 12;

/** The list of the last traces; each is a link to its waterfall. */
export class TracesView {
  readonly #container: HTMLElement;
  readonly #list: KeyedList<TraceSummary, HTMLLIElement>;

  constructor(container: HTMLElement) {
    this.#container = container;
    this.#list = new KeyedList(container, ({ traceId }) => traceId, createRow);
  }

  /** Shows a state. */
  show({ traces }: ConsoleState, nowMs: number): void {
    const rows = traces.slice(0, shown);
    const longestMs = Math.max(1, ...rows.map(({ durationMs }) => durationMs));
    this.#container.dataset.empty = rows.length === 0 ? "No trace has come yet." : "";
    this.#list.show(rows, (row, trace) => {
      setText(part(row, "name"), trace.rootName || "a trace without a first span yet");
      setText(part(row, "service"), trace.rootService);
      setText(part(row, "duration"), formatMs(trace.durationMs));
      setText(part(row, "facts"), factsOf(trace, nowMs).join(" · "));
      setText(part(row, "cold"), coldOf(trace));
      setText(part(row, "errors"), trace.errorCount > 0 ? plural(trace.errorCount, "error") : "");
      setAttributes(row, { "data-failed": trace.errorCount > 0 ? "yes" : "no" });
      part(row, "bar").style.setProperty("--share", String(trace.durationMs / longestMs));
    });
  }
}

function createRow({ traceId }: TraceSummary): HTMLLIElement {
  return element(
    "li",
    { class: "trace-row" },
    element(
      "a",
      { href: `#trace=${traceId}` },
      element("span", { class: "trace-name", "data-part": "name" }),
      element("span", { class: "trace-duration", "data-part": "duration" }),
      element(
        "span",
        { class: "trace-facts" },
        element("span", { class: "muted", "data-part": "service" }),
        element("span", { class: "muted", "data-part": "facts" }),
        element("span", { class: "chip cold", "data-part": "cold" }),
        element("span", { class: "chip failed", "data-part": "errors" }),
      ),
      element(
        "span",
        { class: "track", "aria-hidden": "true" },
        element("span", { class: "trace-bar", "data-part": "bar" }),
      ),
    ),
  );
}

function factsOf(trace: TraceSummary, nowMs: number): string[] {
  return [
    plural(trace.spanCount, "span"),
    plural(trace.serviceCount, "function"),
    formatAgo(trace.startMs, nowMs),
  ];
}

function coldOf({ coldStarts }: TraceSummary): string {
  return coldStarts.length > 0 ? `❄ ${plural(coldStarts.length, "cold start")}` : "";
}
