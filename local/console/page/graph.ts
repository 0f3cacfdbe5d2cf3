import { html, nothing, svg, type TemplateResult } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import { formatMs } from "#measure/format.ts";
import type { FunctionSnapshot } from "../../instances/function-snapshot.ts";
import type { CallEdge, ConsoleState } from "../model.ts";
import { type CallGraphLayout, edgeKey, isNarrow, layOutCallGraph } from "./call-graph-layout.ts";
import { formatCount, plural, shortName } from "./format.ts";
import { byId, show } from "./show.ts";

// The heights that style.css reserves; the wide one is the height of the list of functions next to it.
const minHeightPx = { narrow: 440, wide: 500 };
const maxPulses = 3;

/** The call graph: nodes have the colour of their state, and a dot moves along an edge for new calls. */
export class GraphView {
  readonly #counts = new Map<string, number>();
  #state: ConsoleState | undefined;

  constructor() {
    new ResizeObserver(() => this.#draw()).observe(byId("graph"));
  }

  /** Shows a state. */
  show(state: ConsoleState): void {
    this.#state = state;
    this.#draw();
  }

  #draw(): void {
    const width = byId("graph").clientWidth;
    if (!this.#state || width === 0) return;
    const { functions, graph } = this.#state;
    const names = new Set(functions.map(({ name }) => name));
    for (const { parent, child } of graph) names.add(parent).add(child);
    const minHeight = minHeightPx[isNarrow(width) ? "narrow" : "wide"];
    const layout = layOutCallGraph([...names].sort(), graph, width, minHeight);
    show("graph", drawGraph(this.#state, layout));
    for (const edge of graph) this.#pulse(edge, layout);
  }

  #pulse(edge: CallEdge, { edges }: CallGraphLayout): void {
    const key = edgeKey(edge);
    const before = this.#counts.get(key);
    this.#counts.set(key, edge.callCount);
    const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (before === undefined || before >= edge.callCount || isStill) return;
    const pulses = document.querySelector(`[data-edge="${key}"] .pulses`);
    if (!pulses || pulses.childElementCount >= maxPulses) return;
    const dot = document.createElementNS("http://www.w3.org/2000/svg", "circle");
    dot.setAttribute("r", "4");
    dot.style.offsetPath = `path("${edges.get(key)?.path}")`;
    pulses.append(dot);
    const motion = dot.animate({ offsetDistance: ["0%", "100%"] }, 900);
    motion.addEventListener("finish", () => dot.remove());
  }
}

function drawGraph({ functions, graph }: ConsoleState, layout: CallGraphLayout): TemplateResult {
  const byName = new Map(functions.map((each) => [each.name, each]));
  const drawn = graph.filter((edge) => layout.edges.has(edgeKey(edge)));
  // Labels are drawn after all edges, and nodes last.
  return html`<svg
    role="img"
    aria-label=${describe(functions, graph)}
    viewBox="0 0 ${layout.width} ${layout.height}"
    width=${layout.width}
    height=${layout.height}
  >
    <g>${repeat(drawn, edgeKey, (edge) => drawEdge(edge, layout))}</g>
    <g>${repeat(drawn, edgeKey, (edge) => drawLabel(edge, layout))}</g>
    <g>${[...layout.nodes.keys()].map((name) => drawNode(name, byName.get(name), layout))}</g>
  </svg>`;
}

function drawEdge(edge: CallEdge, { edges }: CallGraphLayout): TemplateResult {
  const isSeen = edge.callCount > 0;
  const width = isSeen ? Math.min(4, 1.2 + Math.log10(edge.callCount + 1) / 2) : 1;
  return svg`<g
    class="edge ${isSeen ? "seen" : ""} ${isFailing(edge) ? "failing" : ""}"
    data-edge=${edgeKey(edge)}
  >
    <path d=${edges.get(edgeKey(edge))?.path} stroke-width=${width.toFixed(2)}></path>
    <title .textContent=${explain(edge)}></title>
    <g class="pulses"></g>
  </g>`;
}

// A single failure among many calls does not mark the edge.
const failingShare = 0.05;

function isFailing({ callCount, errorCount }: CallEdge): boolean {
  return errorCount > callCount * failingShare;
}

function drawLabel(
  edge: CallEdge,
  { edges, width }: CallGraphLayout,
): TemplateResult | typeof nothing {
  const label = edges.get(edgeKey(edge))?.label;
  if (!label || edge.callCount === 0) return nothing;
  const count = formatCount(edge.callCount);
  const hasLatency = edge.p99Ms !== null && !isNarrow(width);
  return svg`<text
    class="edge-count ${isFailing(edge) ? "failing" : ""}"
    text-anchor="middle"
    x=${label.x.toFixed(1)}
    y=${label.y.toFixed(1)}
  >${hasLatency ? `${count} · ${formatMs(edge.p99Ms ?? 0)}` : count}</text>`;
}

function explain({ parent, child, callCount, errorCount, p99Ms, perMinute }: CallEdge): string {
  const failed = errorCount > 0 ? `, ${formatCount(errorCount)} failed` : "";
  const latency = p99Ms === null ? "" : `, p99 ${formatMs(p99Ms)}`;
  const rate = `, ${plural(perMinute, "call")} in the last minute`;
  return `${parent} to ${child}: ${plural(callCount, "call")}${failed}${latency}${rate}`;
}

function drawNode(
  name: string,
  snapshot: FunctionSnapshot | undefined,
  { nodes, nodeWidth, nodeHeight }: CallGraphLayout,
): TemplateResult {
  const { x, y } = nodes.get(name) ?? { x: 0, y: 0 };
  const [left, top] = [(x - nodeWidth / 2).toFixed(1), (y - nodeHeight / 2).toFixed(1)];
  const inset = nodeWidth < 130 ? 6 : 14;
  return svg`<g
    class="node"
    data-state=${snapshot?.state ?? "outside"}
    transform="translate(${left} ${top})"
  >
    <rect rx="11" width=${nodeWidth} height=${nodeHeight}></rect>
    <circle r="4.5" cx=${inset + 4} cy="29.5"></circle>
    <text class="node-name" x=${inset} y="18.5">${shortName(name)}</text>
    <text class="node-note" x=${inset + 14} y="33.5">${noteOf(snapshot)}</text>
    <title .textContent=${name}></title>
  </g>`;
}

function noteOf(snapshot: FunctionSnapshot | undefined): string {
  if (!snapshot) return "not a function";
  if (snapshot.waiting > 0) return `${snapshot.state} · ${snapshot.waiting} wait`;
  if (snapshot.inFlight > 0) return `${snapshot.inFlight} in flight`;
  return snapshot.state;
}

function describe(functions: readonly FunctionSnapshot[], graph: readonly CallEdge[]): string {
  const calls = graph
    .filter(({ callCount }) => callCount > 0)
    .map(
      ({ parent, child, callCount }) => `${parent} called ${child} ${plural(callCount, "time")}`,
    );
  return `Call graph of ${plural(functions.length, "function")}. ${calls.join(", ") || "No calls yet"}.`;
}
