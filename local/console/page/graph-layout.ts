import { type Drawing, edgeKey, type LayoutEdge, layWays, type Point } from "./graph-ways.ts";

/** A drawing of a graph. */
export interface GraphLayout extends Drawing {
  /** The height of the drawing. */
  height: number;
  /** The way of each edge by `edgeKey`: where it leaves its caller, its bends, and where it ends. */
  ways: ReadonlyMap<string, readonly Point[]>;
}

const narrow = 640;
const nodeHeight = 44;
// As tall as the list of functions beside it.
const leastHeight = 500;

/**
 * Lays a graph out in layers, callers before those that they call. Edges that pass a layer get a
 * place of their own in it, so that they run between the nodes. Narrow drawings run from the top
 * down, with layers broken into rows.
 */
export function layOutGraph(
  names: readonly string[],
  edges: readonly LayoutEdge[],
  width: number,
): GraphLayout {
  const levels = assignLevels(names, edges);
  return width < narrow
    ? layOutDown(names, edges, levels, width)
    : layOutAcross(names, edges, levels, width);
}

/** The length of the longest way to each node; an edge that closes a circle does not count. */
export function assignLevels(
  names: readonly string[],
  edges: readonly LayoutEdge[],
): Map<string, number> {
  const levels = new Map<string, number>();
  const visiting = new Set<string>();
  const levelOf = (name: string): number => {
    const known = levels.get(name);
    if (known !== undefined) return known;
    visiting.add(name);
    const parents = edges.filter(({ parent, child }) => child === name && !visiting.has(parent));
    const level = Math.max(0, ...parents.map(({ parent }) => levelOf(parent) + 1));
    visiting.delete(name);
    levels.set(name, level);
    return level;
  };
  for (const name of names) levelOf(name);
  return levels;
}

interface Slot {
  id: string;
  sizePx: number;
  before: string[];
}

function layOutAcross(
  names: readonly string[],
  edges: readonly LayoutEdge[],
  levels: ReadonlyMap<string, number>,
  width: number,
): GraphLayout {
  const layers = makeLayers(names, edges, levels);
  orderByCallers(layers);
  const gap = 18;
  const nodeWidth = Math.min(176, Math.max(138, width / (layers.length * 1.6)));
  const heights = layers.map((layer) => sum(layer.map(({ sizePx }) => sizePx + gap)) - gap);
  const height = Math.max(leastHeight, ...heights) + 24;
  const step = layers.length > 1 ? (width - nodeWidth - 4) / (layers.length - 1) : 0;
  const places = new Map<string, Point>();
  layers.forEach((layer, index) => {
    // Spread over the height, but not so far that neighbours lose each other.
    const free = Math.min(70, (height - 24 - (heights[index] ?? 0)) / Math.max(1, layer.length));
    const spread = free * Math.max(0, layer.length - 1);
    let y = (height - (heights[index] ?? 0) - spread) / 2;
    for (const { id, sizePx } of layer) {
      places.set(id, { x: 2 + nodeWidth / 2 + index * step, y: y + sizePx / 2 });
      y += sizePx + gap + free;
    }
  });
  const nodes = new Map(names.map((name) => [name, places.get(name) ?? { x: 0, y: 0 }]));
  const drawing = { width, height, nodeWidth, nodeHeight, vertical: false, nodes };
  return {
    ...drawing,
    ways: layWays(drawing, edges, (edge) =>
      between(edge, levels).flatMap((level) => places.get(passId(edge, level)) ?? []),
    ),
  };
}

function makeLayers(
  names: readonly string[],
  edges: readonly LayoutEdge[],
  levels: ReadonlyMap<string, number>,
): Slot[][] {
  const depth = Math.max(0, ...levels.values()) + 1;
  const layers: Slot[][] = Array.from({ length: depth }, () => []);
  for (const name of names) {
    layers[levels.get(name) ?? 0]?.push({ id: name, sizePx: nodeHeight, before: [] });
  }
  for (const edge of edges) {
    let before = edge.parent;
    for (const level of between(edge, levels)) {
      const id = passId(edge, level);
      layers[level]?.push({ id, sizePx: 6, before: [before] });
      before = id;
    }
    const end = layers[levels.get(edge.child) ?? 0]?.find(({ id }) => id === edge.child);
    end?.before.push(before);
  }
  return layers;
}

// The barycentre rule: each slot stands where its callers are on average. Few layers need few rounds.
function orderByCallers(layers: Slot[][]): void {
  for (let index = 1; index < layers.length; index += 1) {
    const previous = layers[index - 1] ?? [];
    const rank = new Map(previous.map(({ id }, place) => [id, place / previous.length]));
    const callers = ({ before }: Slot) => {
      const ranks = before.flatMap((id) => rank.get(id) ?? []);
      return ranks.length === 0 ? 0.5 : sum(ranks) / ranks.length;
    };
    const weights = new Map((layers[index] ?? []).map((slot) => [slot.id, callers(slot)]));
    layers[index]?.sort((a, b) => (weights.get(a.id) ?? 0) - (weights.get(b.id) ?? 0));
    if (index === 1) spreadPasses(layers[index] ?? []);
  }
}

// Behind one caller all weights are the same: its nodes and the edges that pass them alternate.
function spreadPasses(layer: Slot[]): void {
  const nodes = layer.filter(({ sizePx }) => sizePx === nodeHeight);
  const passes = layer.filter(({ sizePx }) => sizePx !== nodeHeight);
  const perGap = Math.ceil(passes.length / (nodes.length + 1));
  layer.length = 0;
  for (const node of nodes) layer.push(...passes.splice(0, perGap), node);
  layer.push(...passes);
}

function layOutDown(
  names: readonly string[],
  edges: readonly LayoutEdge[],
  levels: ReadonlyMap<string, number>,
  width: number,
): GraphLayout {
  const columns = width < 480 ? 3 : 4;
  const gapX = 10;
  const nodeWidth = (width - gapX * (columns - 1) - 4) / columns;
  const nodes = new Map<string, Point>();
  let y = 2 + nodeHeight / 2;
  for (let level = 0; level <= Math.max(0, ...levels.values()); level += 1) {
    const layer = names.filter((name) => levels.get(name) === level);
    for (let from = 0; from < layer.length; from += columns) {
      const row = layer.slice(from, from + columns);
      const rowWidth = row.length * (nodeWidth + gapX) - gapX;
      row.forEach((name, column) => {
        const x = (width - rowWidth) / 2 + column * (nodeWidth + gapX) + nodeWidth / 2;
        nodes.set(name, { x, y });
      });
      y += nodeHeight + 28;
    }
    y += 22;
  }
  const height = y - nodeHeight / 2 - 48;
  const drawing = { width, height, nodeWidth, nodeHeight, vertical: true, nodes };
  return { ...drawing, ways: layWays(drawing, edges, () => []) };
}

function between({ parent, child }: LayoutEdge, levels: ReadonlyMap<string, number>): number[] {
  const from = (levels.get(parent) ?? 0) + 1;
  const to = levels.get(child) ?? 0;
  return Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index);
}

function passId(edge: LayoutEdge, level: number): string {
  return `${edgeKey(edge)} ${level}`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
