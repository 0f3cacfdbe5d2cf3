import { isFailed, serviceOf, type ZipkinSpan } from "./span.ts";

/** How often one service called another, in Zipkin's form. */
export interface DependencyLink {
  /** Who calls. */
  parent: string;
  /** Who answers. */
  child: string;
  /** Calls that were seen. */
  callCount: number;
  /** Those of them that failed. */
  errorCount: number;
}

/**
 * The calls between services that the spans of one trace show: each span whose parent is of another
 * service, and each call to a service that sends no spans itself, such as a store. An event counts
 * as a call from its publisher to its receiver.
 */
export function linkSpans(spans: readonly ZipkinSpan[]): DependencyLink[] {
  const byId = new Map(spans.map((span) => [span.id, span]));
  const answered = new Set<string>();
  const links = new LinkCounter();
  for (const span of spans) {
    const parent = span.parentId === undefined ? undefined : byId.get(span.parentId);
    if (!parent || serviceOf(parent) === serviceOf(span)) continue;
    answered.add(parent.id);
    links.add({
      parent: serviceOf(parent),
      child: serviceOf(span),
      callCount: 1,
      errorCount: isFailed(span) || isFailed(parent) ? 1 : 0,
    });
  }
  for (const span of spans) {
    const remote = span.remoteEndpoint?.serviceName;
    const calls = span.kind === "CLIENT" || span.kind === "PRODUCER";
    if (!calls || !remote || remote === serviceOf(span) || answered.has(span.id)) continue;
    links.add({
      parent: serviceOf(span),
      child: remote,
      callCount: 1,
      errorCount: isFailed(span) ? 1 : 0,
    });
  }
  return links.list();
}

/** Adds links up by their two ends. */
export class LinkCounter {
  readonly #links = new Map<string, DependencyLink>();

  /** Adds a link's counts. */
  add({ parent, child, callCount, errorCount }: DependencyLink): void {
    if (parent === "" || child === "") return;
    const key = `${parent}\n${child}`;
    const link = this.#links.get(key) ?? { parent, child, callCount: 0, errorCount: 0 };
    link.callCount += callCount;
    link.errorCount += errorCount;
    this.#links.set(key, link);
  }

  /** All links, as copies. */
  list(): DependencyLink[] {
    return [...this.#links.values()].map((link) => ({ ...link }));
  }
}
