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

/** Adds calls up by their two ends. */
export class LinkCounter {
  readonly #links = new Map<string, DependencyLink>();

  /** Counts calls, and the calls that another counter has counted. */
  add(calls: readonly Call[], others: readonly DependencyLink[] = []): this {
    for (const { from: parent, to: child, isFailed } of calls) {
      this.#addLink({ parent, child, callCount: 1, errorCount: isFailed ? 1 : 0 });
    }
    for (const link of others) this.#addLink(link);
    return this;
  }

  /** All links, as copies. */
  list(): DependencyLink[] {
    return [...this.#links.values()].map((link) => ({ ...link }));
  }

  #addLink({ parent, child, callCount, errorCount }: DependencyLink): void {
    const key = `${parent}\n${child}`;
    const link = this.#links.get(key) ?? { parent, child, callCount: 0, errorCount: 0 };
    link.callCount += callCount;
    link.errorCount += errorCount;
    this.#links.set(key, link);
  }
}
