import { html, nothing } from "lit-html";
import { formatMs } from "#measure/format.ts";
import { quantileOf } from "#measure/quantiles.ts";
import type { FunctionState } from "../../instances/function-snapshot.ts";
import type { ConsoleState } from "../model.ts";
import { formatCount } from "./format.ts";
import { show } from "./show.ts";

interface Figure {
  title: string;
  value: string;
  note: string;
  /** The function state whose colour the value has; none if undefined. */
  state?: FunctionState | undefined;
}

/** Shows the figures at the top of the page. */
export function showSummary(state: ConsoleState): void {
  const figures = figuresOf(state).map(
    ({ title, value, note, state }) => html`<div data-state=${state ?? nothing}>
      <dt>${title}</dt>
      <dd>
        <span class="figure">${value}</span>
        <span class="muted">${note}</span>
      </dd>
    </div>`,
  );
  show("summary", figures);
}

function figuresOf({ functions, coldStarts, traces, events }: ConsoleState): readonly Figure[] {
  const running = functions.filter(({ pid }) => pid !== null).length;
  const crashed = functions.filter(({ state }) => state === "crashed").length;
  const inFlight = functions.reduce((sum, each) => sum + each.inFlight, 0);
  const waiting = functions.reduce((sum, each) => sum + each.waiting, 0);
  const starts = functions.reduce((sum, each) => sum + each.starts, 0);
  const medianMs = quantileOf(
    coldStarts.map(({ totalMs }) => totalMs),
    0.5,
  );
  const failed = traces.filter(({ errorCount }) => errorCount > 0).length;
  return [
    {
      title: "Running",
      value: `${running}`,
      note: `of ${functions.length} functions${crashed > 0 ? `, ${crashed} crashed` : ""}`,
      state: crashed > 0 ? "crashed" : running > 0 ? "ready" : undefined,
    },
    {
      title: "In flight",
      value: `${inFlight}`,
      note: waiting > 0 ? `${waiting} waiting for a start` : "requests",
      state: waiting > 0 ? "starting" : undefined,
    },
    {
      title: "Cold starts",
      value: formatCount(starts),
      note: coldStarts.length === 0 ? "none yet" : `${formatMs(medianMs)} median`,
    },
    {
      title: "Latest traces",
      value: formatCount(traces.length),
      note: failed > 0 ? `${failed} with errors` : "without errors",
    },
    {
      title: "Events",
      value: formatCount(events.delivered),
      note:
        events.deadLettered > 0
          ? `delivered, ${events.deadLettered} failed`
          : `delivered of ${formatCount(events.accepted)}`,
      state: events.deadLettered > 0 ? "crashed" : undefined,
    },
  ];
}
