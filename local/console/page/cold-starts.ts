import { formatAgo, formatMs } from "#measure/format.ts";
import type { ColdStartRecord } from "../../instances/function-snapshot.ts";
import type { ConsoleState } from "../model.ts";
import { element, KeyedList, part, setText } from "./dom.ts";

// In the order of a boot; the rest of the wait is the platform's, until bytes go through.
const phases = ["spawn", "node", "modules", "listen", "telemetry", "platform"] as const;

const shown = 14;

/** The last cold starts, each as a bar of its phases. */
export class ColdStartsView {
  readonly #list: KeyedList<ColdStartRecord, HTMLLIElement>;
  readonly #container: HTMLElement;

  constructor(container: HTMLElement, legend: HTMLElement) {
    this.#container = container;
    for (const phase of phases) legend.append(element("li", { "data-phase": phase }, phase));
    this.#list = new KeyedList(
      container,
      (record) => `${record.function} ${record.atMs}`,
      createRow,
    );
  }

  /** Shows a state. */
  show({ coldStarts }: ConsoleState, nowMs: number): void {
    const records = coldStarts.slice(0, shown);
    const longestMs = Math.max(1, ...records.map(({ totalMs }) => totalMs));
    this.#container.dataset.empty = records.length === 0 ? "No function was started yet." : "";
    this.#list.show(records, (row, record) => {
      setText(part(row, "ago"), formatAgo(record.atMs, nowMs));
      part(row, "bar").style.setProperty("--share", String(record.totalMs / longestMs));
    });
  }
}

function createRow(record: ColdStartRecord): HTMLLIElement {
  const parts = partsOf(record);
  const words = parts.map(({ phase, ms }) => `${phase} ${formatMs(ms)}`).join(", ");
  const bar = element("span", {
    class: "boot",
    "data-part": "bar",
    role: "img",
    "aria-label": words,
  });
  for (const { phase, ms } of parts) {
    const piece = element("span", { "data-phase": phase, title: `${phase}: ${formatMs(ms)}` });
    piece.style.setProperty("--share", String(ms / record.totalMs));
    bar.append(piece);
  }
  return element(
    "li",
    { class: "cold-start" },
    element("span", { class: "cold-name" }, record.function),
    element("span", { class: "muted cold-ago", "data-part": "ago" }),
    element("span", { class: "cold-total" }, formatMs(record.totalMs)),
    element("span", { class: "track" }, bar),
  );
}

function partsOf({ phases: boot, totalMs }: ColdStartRecord): { phase: string; ms: number }[] {
  const named = Object.entries(boot).map(([phase, ms]) => ({ phase, ms }));
  const rest = totalMs - named.reduce((sum, { ms }) => sum + ms, 0);
  return rest > 0 ? [...named, { phase: "platform", ms: rest }] : named;
}
