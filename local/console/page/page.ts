import { formatDuration } from "#measure/format.ts";
import type { ConsoleState } from "../model.ts";
import { showCalls } from "./calls.ts";
import { showColdStarts, showPhases } from "./cold-starts.ts";
import { showFunctions } from "./functions.ts";
import { GraphView } from "./graph.ts";
import { byId, show } from "./show.ts";
import { showSummary } from "./summary.ts";
import { showTraces } from "./traces.ts";
import { WaterfallView } from "./waterfall.ts";

const graph = new GraphView();
let state: ConsoleState | undefined;

showPhases();
follow();
new WaterfallView();
// Relative times change between two states.
setInterval(showTimes, 500);

function follow(): void {
  const stream = new EventSource("/api/stream");
  stream.addEventListener("open", () => showConnection("live", "yes"));
  stream.addEventListener("error", () => showConnection("platform unreachable, retrying", "no"));
  stream.addEventListener("message", (event: MessageEvent<string>) => {
    state = JSON.parse(event.data) as ConsoleState;
    showState(state);
  });
}

function showState(next: ConsoleState): void {
  byId("storefront").setAttribute("href", next.storefrontUrl);
  show("window", `to zero after ${formatDuration(next.idleWindowMs)} without a request`);
  showSummary(next);
  graph.show(next);
  showCalls(next);
  showTimes();
}

function showTimes(): void {
  if (!state || document.hidden) return;
  const nowMs = Date.now();
  showFunctions(state, nowMs);
  showColdStarts(state, nowMs);
  showTraces(state, nowMs);
}

function showConnection(text: string, live: "yes" | "no"): void {
  show("connection", text);
  byId("connection").dataset.live = live;
}
