import { graphlib, layout } from "@dagrejs/dagre";
import type { CallEdge } from "../model.ts";

/** A position in a drawing, in pixels. */
export interface Point {
  /** The distance from the left. */
  readonly x: number;
  /** The distance from the top. */
  readonly y: number;
}

/** One function that calls another, by their names. */
export type LayoutEdge = Pick<CallEdge, "parent" | "child">;

/** An edge in a drawing. */
export interface PlacedEdge {
  /** The line, as SVG path data. */
  readonly path: string;
  /** The middle of the label's baseline. */
  readonly label: Point;
}

/** A drawing of a call graph. */
export interface CallGraphLayout {
  /** Pixels; more than the given width if the graph does not fit into it. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** The width of every node, in pixels. */
  readonly nodeWidth: number;
  /** The height of every node, in pixels. */
  readonly nodeHeight: number;
  /** The centre of each node, by name. */
  readonly nodes: ReadonlyMap<string, Point>;
  /** The edges by `edgeKey`; calls of a function to itself are left out. */
  readonly edges: ReadonlyMap<string, PlacedEdge>;
}

/** The key of an edge in `CallGraphLayout.edges`. */
export function edgeKey({ parent, child }: LayoutEdge): string {
  return `${parent} ${child}`;
}

/** Whether a drawing of this width has short labels. */
export function isNarrow(width: number): boolean {
  return width < 690;
}

const nodeHeight = 44;
// The space for a label's text, which is above its edge.
const labelHeight = 22;
const lineBelowCentre = 6;
const baselineAboveLine = 5.5;

/**
 * Lays out a call graph with dagre, with callers to the left of the functions that they call. dagre
 * reserves the space of each label, and all edges run horizontally past labels and nodes. The drawing is
 * stretched to the width, and to the minimum height.
 */
export function layOutCallGraph(
  names: readonly string[],
  edges: readonly LayoutEdge[],
  width: number,
  minHeight: number,
): CallGraphLayout {
  const [nodeWidth, labelWidth] = isNarrow(width) ? [88, 26] : [146, 92];
  const graph = new graphlib.Graph();
  const gaps = isNarrow(width) ? { ranksep: 16, nodesep: 16 } : { ranksep: 30, nodesep: 20 };
  graph.setGraph({ rankdir: "LR", edgesep: 12, ranker: "longest-path", ...gaps });
  for (const name of names) graph.setNode(name, { width: nodeWidth, height: nodeHeight });
  const drawn = edges.filter(({ parent, child }) => parent !== child);
  for (const { parent, child } of drawn) {
    graph.setEdge(parent, child, { width: labelWidth, height: labelHeight, labelpos: "c" });
  }
  layout(graph);

  const size = graph.graph();
  const stretch = stretchTo(size, width - 2, minHeight - 2, nodeWidth);
  const nodes = new Map(names.map((name) => [name, stretch.point(graph.node(name))]));
  const nodeColumns = new Set([...nodes.values()].map(({ x }) => Math.round(x)));
  const halfOf = (x: number) => (nodeColumns.has(Math.round(x)) ? nodeWidth : labelWidth) / 2;
  const routes = drawn.map((edge) => {
    const { points, ...label } = graph.edge(edge.parent, edge.child);
    const lower = ({ x, y }: Point) => ({ x, y: y + lineBelowCentre });
    const bends = (points as Point[]).slice(1, -1).map(stretch.point).map(lower);
    return { ...edge, bends, middle: lower(stretch.point(label as Point)) };
  });
  const ports = assignPorts(routes, nodes, nodeWidth);
  const placed = routes.map((route): [string, PlacedEdge] => {
    const [from, to] = [ports.get(`from ${edgeKey(route)}`), ports.get(`to ${edgeKey(route)}`)];
    const { middle } = route;
    const path = from && to ? drawPath(from, route.bends, to, halfOf) : "";
    return [edgeKey(route), { path, label: { x: middle.x, y: middle.y - baselineAboveLine } }];
  });
  return { ...stretch.size, nodeWidth, nodeHeight, nodes, edges: new Map(placed) };
}

// Moves the centres of nodes and labels apart and keeps their sizes, so that nothing starts to overlap.
function stretchTo(
  { width = 0, height = 0 }: { width?: number; height?: number },
  toWidth: number,
  toHeight: number,
  nodeWidth: number,
) {
  const scale = (from: number, to: number, fixed: number) =>
    from > fixed ? Math.max(1, (to - fixed) / (from - fixed)) : 1;
  const [byX, byY] = [scale(width, toWidth, nodeWidth), scale(height, toHeight, nodeHeight)];
  const move = (at: number, by: number, fixed: number) => 1 + fixed / 2 + (at - fixed / 2) * by;
  return {
    size: { width: Math.max(width, toWidth) + 2, height: Math.max(height, toHeight) + 2 },
    point: ({ x, y }: Point): Point => ({
      x: move(x, byX, nodeWidth),
      y: move(y, byY, nodeHeight),
    }),
  };
}

interface Route extends LayoutEdge {
  readonly bends: readonly Point[];
}

// The points at which edges leave and reach their nodes: side by side, in the order of their next bends.
function assignPorts(
  routes: readonly Route[],
  nodes: ReadonlyMap<string, Point>,
  nodeWidth: number,
): Map<string, Point> {
  const ends = routes.flatMap((route) => [
    { key: `from ${edgeKey(route)}`, node: route.parent, next: route.bends[0] },
    { key: `to ${edgeKey(route)}`, node: route.child, next: route.bends.at(-1) },
  ]);
  const ports = new Map<string, Point>();
  for (const [name, { x, y }] of nodes) {
    for (const side of [-1, 1]) {
      const meeting = ends
        .flatMap(({ key, node, next }) => (node === name && next ? [{ key, next }] : []))
        .filter(({ next }) => Math.sign(next.x - x) === side)
        .toSorted((a, b) => a.next.y - b.next.y);
      const step = Math.min(7, (nodeHeight - 12) / meeting.length);
      meeting.forEach(({ key }, index) => {
        const offset = (index - (meeting.length - 1) / 2) * step;
        ports.set(key, { x: x + (side * nodeWidth) / 2, y: y + offset });
      });
    }
  }
  return ports;
}

function drawPath(
  from: Point,
  bends: readonly Point[],
  to: Point,
  halfOf: (x: number) => number,
): string {
  const direction = Math.sign(to.x - from.x) || 1;
  const write = (...values: number[]) => values.map((value) => value.toFixed(1)).join(" ");
  let before = from;
  let path = `M${write(from.x, from.y)}`;
  const curveTo = (x: number, y: number) => {
    const middle = (before.x + x) / 2;
    path += `C${write(middle, before.y, middle, y, x, y)}`;
  };
  for (const { x, y } of bends) {
    const half = halfOf(x) * direction;
    curveTo(x - half, y);
    path += `H${write(x + half)}`;
    before = { x: x + half, y };
  }
  curveTo(to.x, to.y);
  return path;
}
