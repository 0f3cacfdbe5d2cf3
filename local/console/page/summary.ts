import type { ConsoleState } from "../model.ts";
import { element, KeyedList, part, setAttributes, setText } from "./dom.ts";
import { formatCount, formatMs } from "./format.ts";

interface Figure {
  term: string;
  value: string;
  note: string;
  tone: string;
}

/** The figures at the top of the page. */
export class SummaryView {
  readonly #list: KeyedList<Figure, HTMLDivElement>;

  constructor(container: HTMLElement) {
    this.#list = new KeyedList(
      container,
      ({ term }) => term,
      ({ term }) =>
        element(
          "div",
          {},
          element("dt", {}, term),
          element(
            "dd",
            {},
            element("span", { class: "figure", "data-part": "value" }),
            element("span", { class: "muted", "data-part": "note" }),
          ),
        ),
    );
  }

  /** Shows a state. */
  show(state: ConsoleState): void {
    this.#list.show(figuresOf(state), (row, { value, note, tone }) => {
      setText(part(row, "value"), value);
      setText(part(row, "note"), note);
      setAttributes(row, { "data-tone": tone });
    });
  }
}

function figuresOf({ functions, coldStarts, traces, events }: ConsoleState): Figure[] {
  const running = functions.filter(({ pid }) => pid !== null).length;
  const crashed = functions.filter(({ state }) => state === "crashed").length;
  const inFlight = functions.reduce((sum, each) => sum + each.inFlight, 0);
  const waiting = functions.reduce((sum, each) => sum + each.waiting, 0);
  const starts = functions.reduce((sum, each) => sum + each.starts, 0);
  const middle = median(coldStarts.map(({ totalMs }) => totalMs));
  const failed = traces.filter(({ errorCount }) => errorCount > 0).length;
  return [
    {
      term: "Running",
      value: `${running}`,
      note: `of ${functions.length} functions${crashed > 0 ? `, ${crashed} crashed` : ""}`,
      tone: crashed > 0 ? "crashed" : running > 0 ? "ready" : "zero",
    },
    {
      term: "In flight",
      value: `${inFlight}`,
      note: waiting > 0 ? `${waiting} waiting for a start` : "requests",
      tone: waiting > 0 ? "starting" : "plain",
    },
    {
      term: "Cold starts",
      value: formatCount(starts),
      note: middle === undefined ? "none yet" : `${formatMs(middle)} median`,
      tone: "plain",
    },
    {
      term: "Latest traces",
      value: formatCount(traces.length),
      note: failed > 0 ? `${failed} with errors` : "without errors",
      tone: "plain",
    },
    {
      term: "Events",
      value: formatCount(events.delivered),
      note:
        events.deadLettered > 0
          ? `delivered, ${events.deadLettered} given up`
          : `delivered of ${formatCount(events.accepted)}`,
      tone: events.deadLettered > 0 ? "crashed" : "plain",
    },
  ];
}

function median(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
