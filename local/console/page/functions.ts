import { html } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import { formatAgo } from "#measure/format.ts";
import type { FunctionSnapshot } from "../../instances/function-snapshot.ts";
import type { ConsoleState } from "../model.ts";
import { plural } from "./format.ts";
import { show } from "./show.ts";

/** Shows the functions with their state, and the time until each scales to zero. */
export function showFunctions({ functions, idleWindowMs }: ConsoleState, nowMs: number): void {
  const rows = repeat(
    functions,
    ({ name }) => name,
    (each) => html`<li class="function" data-state=${each.state}>
      <span class="function-name">${each.name}</span>
      <span class="pill">${each.state}</span>
      <span class="facts muted">${factsOf(each, nowMs).join(" · ")}</span>
      <span class="crash">${crashOf(each)}</span>
      <span
        class="left"
        aria-hidden="true"
        .style=${`--left: ${leftOf(each, idleWindowMs, nowMs)}`}
      ></span>
    </li>`,
  );
  show("functions", rows);
}

function factsOf(each: FunctionSnapshot, nowMs: number): string[] {
  const facts: string[] = [];
  if (each.waiting > 0) facts.push(`${each.waiting} waiting`);
  if (each.pid !== null) facts.push(`${each.inFlight} in flight`, `pid ${each.pid}`);
  if (each.lastUsedAtMs !== null) facts.push(`used ${formatAgo(each.lastUsedAtMs, nowMs)}`);
  facts.push(each.starts === 0 ? "never started" : plural(each.starts, "start"));
  return facts;
}

function crashOf({ state, lastCrash }: FunctionSnapshot): string {
  return (state === "crashed" && lastCrash?.message.split("\n", 1)[0]) || "";
}

// The remaining share of the idle window before scale to zero, from 0 to 1.
function leftOf(each: FunctionSnapshot, idleWindowMs: number, nowMs: number): number {
  if (each.state !== "ready" || each.lastUsedAtMs === null) return 0;
  if (each.inFlight > 0) return 1;
  return Math.min(1, Math.max(0, 1 - (nowMs - each.lastUsedAtMs) / idleWindowMs));
}
