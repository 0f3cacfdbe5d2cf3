import type { Edge } from "#traces/edges.ts";

/** An edge of the call graph with its rate. */
export interface GraphEdge extends Edge {
  /** Calls per second over the time that was covered. */
  readonly perSecond: number;
}

/** Adds the rate of each edge over the milliseconds in which its calls were counted. */
export function withRates(edges: readonly Edge[], coveredMs: number): GraphEdge[] {
  return edges.map((edge) => ({ ...edge, perSecond: (edge.count * 1000) / coveredMs }));
}
