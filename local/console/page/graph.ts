import { formatMs } from "#measure/format.ts";
import type { FunctionSnapshot } from "../../instances/function-snapshot.ts";
import type { CallEdge, ConsoleState } from "../model.ts";
import { KeyedList, setAttributes, setText, svg } from "./dom.ts";
import { formatCount, plural, shortName } from "./format.ts";
import { type GraphLayout, layOutGraph } from "./graph-layout.ts";
import { edgeKey, type Point } from "./graph-ways.ts";

interface GraphNode {
  name: string;
  snapshot: FunctionSnapshot | undefined;
}

/** The drawing of who calls whom; nodes have the colour of their state, and calls run along edges. */
export class GraphView {
  readonly #container: HTMLElement;
  readonly #drawing = svg("svg", { role: "img", "aria-label": "Call graph" });
  readonly #edges: KeyedList<CallEdge, SVGGElement>;
  readonly #labels: KeyedList<CallEdge, SVGTextElement>;
  readonly #nodes: KeyedList<GraphNode, SVGGElement>;
  readonly #counts = new Map<string, number>();
  #state: ConsoleState | undefined;

  constructor(container: HTMLElement) {
    this.#container = container;
    // Labels above all edges, so that none is crossed out.
    const [edges, labels, nodes] = [svg("g"), svg("g"), svg("g")];
    this.#drawing.append(edges, labels, nodes);
    container.append(this.#drawing);
    this.#edges = new KeyedList<CallEdge, SVGGElement>(edges, edgeKey, createEdge);
    this.#labels = new KeyedList<CallEdge, SVGTextElement>(labels, edgeKey, () => svg("text"));
    this.#nodes = new KeyedList(nodes, ({ name }) => name, createNode);
    new ResizeObserver(() => this.#draw()).observe(container);
  }

  /** Shows a state. */
  show(state: ConsoleState): void {
    this.#state = state;
    this.#draw();
  }

  #draw(): void {
    const width = this.#container.clientWidth;
    if (!this.#state || width === 0) return;
    const { functions, graph } = this.#state;
    const byName = new Map(functions.map((each) => [each.name, each]));
    const names = new Set([
      ...byName.keys(),
      ...graph.flatMap(({ parent, child }) => [parent, child]),
    ]);
    const layout = layOutGraph([...names].sort(), graph, width);
    setAttributes(this.#drawing, {
      viewBox: `0 0 ${layout.width} ${layout.height}`,
      width: layout.width,
      height: layout.height,
      "aria-label": describe(functions, graph),
    });
    this.#edges.show(graph, (group, edge) => this.#drawEdge(group, edge, layout));
    this.#labels.show(graph, (label, edge) => drawLabel(label, edge, layout));
    const nodes = [...names].sort().map((name) => ({ name, snapshot: byName.get(name) }));
    this.#nodes.show(nodes, (group, node) => drawNode(group, node, layout));
  }

  #drawEdge(group: SVGGElement, edge: CallEdge, layout: GraphLayout): void {
    const [path, title] = group.children;
    const points = layout.ways.get(edgeKey(edge));
    if (!path || !title || !points) return;
    const d = curve(points, layout.vertical);
    const seen = edge.callCount > 0;
    setAttributes(group, {
      class: `edge${seen ? " seen" : ""}${isFailing(edge) ? " failing" : ""}`,
    });
    setAttributes(path, {
      d,
      "stroke-width": seen ? (1.2 + Math.log10(edge.callCount + 1)).toFixed(2) : 1,
    });
    setText(title, tell(edge));
    this.#pulse(group, edge, d);
  }

  #pulse(group: SVGGElement, edge: CallEdge, d: string): void {
    const before = this.#counts.get(edgeKey(edge));
    this.#counts.set(edgeKey(edge), edge.callCount);
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (before === undefined || before >= edge.callCount || still) return;
    if (group.querySelectorAll(".pulse").length >= 3) return;
    const motion = svg("animateMotion", {
      path: d,
      dur: "0.9s",
      fill: "freeze",
      begin: "indefinite",
    });
    const dot = svg("circle", { class: "pulse", r: 4 }, motion);
    group.append(dot);
    motion.addEventListener("endEvent", () => dot.remove());
    motion.beginElement();
  }
}

function createEdge(): SVGGElement {
  return svg("g", {}, svg("path"), svg("title"));
}

// One failure among many calls is no state of the edge.
const failingShare = 0.05;

function isFailing({ callCount, errorCount }: CallEdge): boolean {
  return errorCount > callCount * failingShare;
}

function drawLabel(label: SVGTextElement, edge: CallEdge, { ways, vertical }: GraphLayout): void {
  const end = ways.get(edgeKey(edge))?.at(-1) ?? { x: 0, y: 0 };
  // Right before the callee, where edges have parted.
  const at = vertical ? { x: end.x, y: end.y - 5 } : { x: end.x - 8, y: end.y + 4 };
  const anchor = vertical ? "middle" : "end";
  const name = `edge-count${isFailing(edge) ? " failing" : ""}`;
  setAttributes(label, { ...at, "text-anchor": anchor, class: name });
  setText(label, labelOf(edge, vertical));
}

// Side by side under each other's rows there is room for the number alone.
function labelOf({ callCount, p99Ms }: CallEdge, vertical: boolean): string {
  if (callCount === 0) return "";
  const count = formatCount(callCount);
  return p99Ms === null || vertical ? count : `${count} · ${formatMs(p99Ms)}`;
}

function tell({ parent, child, callCount, errorCount, p99Ms, perMinute }: CallEdge): string {
  const failed = errorCount > 0 ? `, ${formatCount(errorCount)} failed` : "";
  const latency = p99Ms === null ? "" : `, p99 ${formatMs(p99Ms)}`;
  const rate = `, ${plural(perMinute, "call")} in the last minute`;
  return `${parent} to ${child}: ${plural(callCount, "call")}${failed}${latency}${rate}`;
}

function createNode({ name }: GraphNode): SVGGElement {
  return svg(
    "g",
    {},
    svg("rect", { rx: 11 }),
    svg("circle", { r: 4.5 }),
    svg("text", { class: "node-name" }, shortName(name)),
    svg("text", { class: "node-note" }),
    svg("title", {}, name),
  );
}

function drawNode(group: SVGGElement, { name, snapshot }: GraphNode, layout: GraphLayout): void {
  const { nodeWidth, nodeHeight } = layout;
  const at = layout.nodes.get(name) ?? { x: 0, y: 0 };
  const [rect, dot, label, note] = group.children;
  if (!rect || !dot || !label || !note) return;
  const state = snapshot?.state ?? "outside";
  setAttributes(group, {
    class: "node",
    "data-state": state,
    transform: `translate(${(at.x - nodeWidth / 2).toFixed(1)} ${(at.y - nodeHeight / 2).toFixed(1)})`,
  });
  setAttributes(rect, { width: nodeWidth, height: nodeHeight });
  const inset = nodeWidth < 130 ? 6 : 14;
  setAttributes(dot, { cx: inset + 4, cy: 29.5 });
  setAttributes(label, { x: inset, y: 18.5 });
  setAttributes(note, { x: inset + 14, y: 33.5 });
  setText(note, noteOf(snapshot));
}

function noteOf(snapshot: FunctionSnapshot | undefined): string {
  if (!snapshot) return "no function";
  if (snapshot.waiting > 0) return `${snapshot.state} · ${snapshot.waiting} wait`;
  if (snapshot.inFlight > 0) return `${snapshot.inFlight} in flight`;
  return snapshot.state;
}

function curve(points: readonly Point[], vertical: boolean): string {
  let d = "";
  points.forEach((point, index) => {
    const before = points[index - 1];
    const { x, y } = point;
    if (!before) {
      d = `M${x.toFixed(1)} ${y.toFixed(1)}`;
      return;
    }
    const middle = vertical ? (before.y + y) / 2 : (before.x + x) / 2;
    const handles = vertical ? [before.x, middle, x, middle] : [middle, before.y, middle, y];
    d += `C${[...handles, x, y].map((value) => value.toFixed(1)).join(" ")}`;
  });
  return d;
}

function describe(functions: readonly FunctionSnapshot[], graph: readonly CallEdge[]): string {
  const seen = graph.filter(({ callCount }) => callCount > 0);
  const calls = seen.map(
    ({ parent, child, callCount }) => `${parent} called ${child} ${plural(callCount, "time")}`,
  );
  return `Call graph of ${plural(functions.length, "function")}. ${calls.join(", ") || "No call was seen yet"}.`;
}
