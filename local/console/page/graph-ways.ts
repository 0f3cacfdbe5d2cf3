/** A line from one name to another. */
export interface LayoutEdge {
  /** Where it begins. */
  parent: string;
  /** Where it ends. */
  child: string;
}

/** A place in a drawing. */
export interface Point {
  x: number;
  y: number;
}

/** Where nodes are. */
export interface Drawing {
  /** The width of the drawing. */
  width: number;
  /** The size of each node. */
  nodeWidth: number;
  nodeHeight: number;
  /** True where calls run from the top down, false where they run from left to right. */
  vertical: boolean;
  /** The middle of each node by name. */
  nodes: ReadonlyMap<string, Point>;
}

/** The key of an edge. */
export function edgeKey({ parent, child }: LayoutEdge): string {
  return `${parent} ${child}`;
}

/**
 * The way of each edge. Edges that meet at a node come in beside each other, in the order of the
 * places that they come from, so that each can be followed and carry its number.
 */
export function layWays(
  drawing: Drawing,
  edges: readonly LayoutEdge[],
  bendsOf: (edge: LayoutEdge) => readonly Point[],
): Map<string, readonly Point[]> {
  const ways = new Map<string, readonly Point[]>();
  for (const edge of edges) {
    const from = drawing.nodes.get(edge.parent);
    const to = drawing.nodes.get(edge.child);
    if (from && to) ways.set(edgeKey(edge), [from, ...bendsOf(edge), to]);
  }
  for (const child of drawing.nodes.keys()) {
    const incoming = edges.filter((edge) => edge.child === child && ways.has(edgeKey(edge)));
    const across = ({ x, y }: Point) => (drawing.vertical ? x : y);
    const originOf = (edge: LayoutEdge) =>
      across(ways.get(edgeKey(edge))?.at(-2) ?? { x: 0, y: 0 });
    incoming.sort((a, b) => originOf(a) - originOf(b));
    incoming.forEach((edge, index) => {
      const shift = (index - (incoming.length - 1) / 2) * portGap(drawing, incoming.length);
      const way = ways.get(edgeKey(edge)) ?? [];
      ways.set(edgeKey(edge), toBorders(way, shift, drawing));
    });
  }
  return ways;
}

function portGap({ vertical, nodeWidth, nodeHeight }: Drawing, count: number): number {
  const room = (vertical ? nodeWidth - 36 : nodeHeight - 16) / Math.max(1, count - 1);
  return Math.min(vertical ? 30 : 14, room);
}

/** Moves the two ends from the middle of their nodes to the borders that face each other. */
function toBorders(way: readonly Point[], shift: number, drawing: Drawing): readonly Point[] {
  const [from, to] = [way[0], way.at(-1)];
  if (!from || !to) return way;
  const bends = way.slice(1, -1);
  if (drawing.vertical) {
    const half = (from.y <= to.y ? 1 : -1) * (drawing.nodeHeight / 2);
    return [{ x: from.x, y: from.y + half }, ...bends, { x: to.x + shift, y: to.y - half }];
  }
  const half = (from.x <= to.x ? 1 : -1) * (drawing.nodeWidth / 2);
  return [{ x: from.x + half, y: from.y }, ...bends, { x: to.x - half, y: to.y + shift }];
}
