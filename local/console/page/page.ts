import { formatDuration } from "#measure/format.ts";
import type { ConsoleState } from "../model.ts";
import { CallsView } from "./calls.ts";
import { ColdStartsView } from "./cold-starts.ts";
import { byId, setAttributes, setText } from "./dom.ts";
import { FunctionsView } from "./functions.ts";
import { GraphView } from "./graph.ts";
import { SummaryView } from "./summary.ts";
import { TracesView } from "./traces.ts";
import { WaterfallView } from "./waterfall.ts";

const summary = new SummaryView(byId("summary"));
const graph = new GraphView(byId("graph"));
const calls = new CallsView(byId("calls"));
const functions = new FunctionsView(byId("functions"));
const coldStarts = new ColdStartsView(byId("cold-starts"), byId("phases"));
const traces = new TracesView(byId("traces"));
let state: ConsoleState | undefined;

follow();
new WaterfallView();
// Times go on between two states.
setInterval(showTimes, 500);

function follow(): void {
  const stream = new EventSource("/api/stream");
  stream.addEventListener("open", () => showConnection("live", "yes"));
  stream.addEventListener("error", () => showConnection("platform gone, trying again", "no"));
  stream.addEventListener("message", (event: MessageEvent<string>) => {
    state = JSON.parse(event.data) as ConsoleState;
    show(state);
  });
}

function show(next: ConsoleState): void {
  setAttributes(byId("storefront"), { href: next.storefrontUrl });
  setText(byId("window"), `to zero after ${formatDuration(next.idleWindowMs)} without a request`);
  summary.show(next);
  graph.show(next);
  calls.show(next);
  showTimes();
}

function showTimes(): void {
  if (!state || document.hidden) return;
  const nowMs = Date.now();
  functions.show(state, nowMs);
  coldStarts.show(state, nowMs);
  traces.show(state, nowMs);
}

function showConnection(text: string, live: "yes" | "no"): void {
  setText(byId("connection"), text);
  setAttributes(byId("connection"), { "data-live": live });
}
