import { formatMs } from "#measure/format.ts";
import { quantileOf } from "#measure/quantiles.ts";
import type { ConsoleState } from "../model.ts";
import { part, setAttributes, setText } from "./dom.ts";
import { formatCount } from "./format.ts";

interface Figure {
  value: string;
  note: string;
  tone: string;
}

/** The figures at the top of the page, each in its place of the document. */
export class SummaryView {
  readonly #container: HTMLElement;

  constructor(container: HTMLElement) {
    this.#container = container;
  }

  /** Shows a state. */
  show(state: ConsoleState): void {
    for (const [name, { value, note, tone }] of Object.entries(figuresOf(state))) {
      const figure = part(this.#container, name);
      setText(part(figure, "value"), value);
      setText(part(figure, "note"), note);
      setAttributes(figure, { "data-tone": tone });
    }
  }
}

function figuresOf({
  functions,
  coldStarts,
  traces,
  events,
}: ConsoleState): Readonly<Record<string, Figure>> {
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
  return {
    running: {
      value: `${running}`,
      note: `of ${functions.length} functions${crashed > 0 ? `, ${crashed} crashed` : ""}`,
      tone: crashed > 0 ? "crashed" : running > 0 ? "ready" : "zero",
    },
    "in-flight": {
      value: `${inFlight}`,
      note: waiting > 0 ? `${waiting} waiting for a start` : "requests",
      tone: waiting > 0 ? "starting" : "plain",
    },
    "cold-starts": {
      value: formatCount(starts),
      note: coldStarts.length === 0 ? "none yet" : `${formatMs(medianMs)} median`,
      tone: "plain",
    },
    traces: {
      value: formatCount(traces.length),
      note: failed > 0 ? `${failed} with errors` : "without errors",
      tone: "plain",
    },
    events: {
      value: formatCount(events.delivered),
      note:
        events.deadLettered > 0
          ? `delivered, ${events.deadLettered} given up`
          : `delivered of ${formatCount(events.accepted)}`,
      tone: events.deadLettered > 0 ? "crashed" : "plain",
    },
  };
}
