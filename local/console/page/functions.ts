import { formatAgo } from "#measure/format.ts";
import type { FunctionSnapshot } from "../../instances/function-snapshot.ts";
import type { ConsoleState } from "../model.ts";
import { element, KeyedList, part, setAttributes, setText } from "./dom.ts";
import { plural } from "./format.ts";

/** The list of functions with their state and the time that is left to them. */
export class FunctionsView {
  readonly #list: KeyedList<FunctionSnapshot, HTMLLIElement>;

  constructor(container: HTMLElement) {
    this.#list = new KeyedList(container, ({ name }) => name, createRow);
  }

  /** Shows a state as it is at a moment, which goes on between two states. */
  show({ functions, idleWindowMs }: ConsoleState, nowMs: number): void {
    this.#list.show(functions, (row, each) => {
      setAttributes(row, { "data-state": each.state });
      setText(part(row, "state"), each.state);
      setText(part(row, "facts"), factsOf(each, nowMs).join(" · "));
      const crash = each.state === "crashed" ? (each.lastCrash?.message ?? "") : "";
      setText(part(row, "crash"), crash.split("\n", 1)[0] ?? "");
      part(row, "left").style.setProperty("--left", String(leftOf(each, idleWindowMs, nowMs)));
    });
  }
}

function createRow({ name }: FunctionSnapshot): HTMLLIElement {
  return element(
    "li",
    { class: "function" },
    element("span", { class: "function-name" }, name),
    element("span", { class: "pill", "data-part": "state" }),
    element("span", { class: "facts muted", "data-part": "facts" }),
    element("span", { class: "crash", "data-part": "crash" }),
    element("span", { class: "left", "data-part": "left", "aria-hidden": "true" }),
  );
}

function factsOf(each: FunctionSnapshot, nowMs: number): string[] {
  const facts: string[] = [];
  if (each.waiting > 0) facts.push(`${each.waiting} waiting`);
  if (each.pid !== null) facts.push(`${each.inFlight} in flight`, `pid ${each.pid}`);
  if (each.lastUsedAtMs !== null) facts.push(`used ${formatAgo(each.lastUsedAtMs, nowMs)}`);
  facts.push(each.starts === 0 ? "never started" : plural(each.starts, "start"));
  return facts;
}

/** The part of the idle window that is left before it goes to zero, from 0 to 1. */
function leftOf(each: FunctionSnapshot, idleWindowMs: number, nowMs: number): number {
  if (each.state !== "ready" || each.lastUsedAtMs === null) return 0;
  if (each.inFlight > 0) return 1;
  return Math.min(1, Math.max(0, 1 - (nowMs - each.lastUsedAtMs) / idleWindowMs));
}
