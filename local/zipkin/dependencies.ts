import type { Call } from "#traces/edges.ts";

/** How often one service called another, in Zipkin's form. */
export interface DependencyLink {
  /** The service that calls. */
  parent: string;
  /** The service that is called. */
  child: string;
  /** The number of calls. */
  callCount: number;
  /** How many of them failed. */
  errorCount: number;
}

/** Counts calls by caller and called service, on top of the counts before. */
export function countCalls(
  calls: readonly Call[],
  before: readonly DependencyLink[] = [],
): DependencyLink[] {
  const links = new Map(before.map((link) => [`${link.parent} ${link.child}`, { ...link }]));
  for (const { from, to, isFailed } of calls) {
    const key = `${from} ${to}`;
    const link = links.get(key) ?? { parent: from, child: to, callCount: 0, errorCount: 0 };
    link.callCount += 1;
    link.errorCount += isFailed ? 1 : 0;
    links.set(key, link);
  }
  return [...links.values()];
}
