import type { TraceSpan } from "./span.ts";

/** A span with the spans below it. */
export interface SpanNode {
  /** The span. */
  readonly span: TraceSpan;
  /** Its children, in the order of their starts. */
  readonly children: readonly SpanNode[];
}

// Everyone who reads a tree may be recursive.
const maxLevels = 500;

/**
 * The spans as trees, in the order of their starts: more than one if a parent is missing, or if a tree
 * has more than 500 levels. Each span is in one tree, once, even if spans share an id or are their own
 * ancestors.
 */
export function buildTrees(spans: readonly TraceSpan[]): SpanNode[] {
  const sorted = spans.toSorted((a, b) => a.startUs - b.startUs);
  const ids = new Set(spans.map(({ id }) => id));
  const isRoot = ({ id, parentId }: TraceSpan) =>
    parentId === undefined || parentId === id || !ids.has(parentId);
  const byParent = Map.groupBy(sorted, ({ parentId }) => parentId);
  const placed = new Set<TraceSpan>();
  const build = (candidates: readonly TraceSpan[], level = 1): SpanNode[] =>
    candidates.flatMap((span) => {
      if (placed.has(span)) return [];
      placed.add(span);
      const isDeepest = level === maxLevels;
      return [{ span, children: isDeepest ? [] : build(byParent.get(span.id) ?? [], level + 1) }];
    });
  // The second call places the spans of a cycle, which has no root, and those below the last level.
  return [...build(sorted.filter(isRoot)), ...build(sorted)];
}
