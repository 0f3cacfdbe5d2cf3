import type { Call } from "#traces/edges.ts";

/** The number of calls of one service to another, in Zipkin's format. */
export interface DependencyLink {
  /** The service that calls. */
  parent: string;
  /** The service that is called. */
  child: string;
  /** The number of calls. */
  callCount: number;
  /** The number of failed calls. */
  errorCount: number;
}

/**
 * Counts calls by caller and called service, and adds them to the earlier counts.
 *
 * @param maxLinks the maximum of the result; calls of further pairs are not counted
 */
export function countCalls(
  calls: readonly Call[],
  before: readonly DependencyLink[] = [],
  maxLinks: number = Number.POSITIVE_INFINITY,
): DependencyLink[] {
  const links = new Map(before.map((link) => [`${link.parent} ${link.child}`, { ...link }]));
  for (const { from, to, isFailed } of calls) {
    const key = `${from} ${to}`;
    const known = links.get(key);
    if (!known && links.size >= maxLinks) continue;
    const link = known ?? { parent: from, child: to, callCount: 0, errorCount: 0 };
    link.callCount += 1;
    link.errorCount += isFailed ? 1 : 0;
    links.set(key, link);
  }
  return [...links.values()];
}
