import { endOf, type TraceSpan } from "./span.ts";
import { buildTrees, type SpanNode } from "./tree.ts";

/** A span at its position in a waterfall. */
export interface WaterfallRow {
  /** The span. */
  readonly span: TraceSpan;
  /** The number of its ancestors. */
  readonly depth: number;
  /** Where its bar starts, as a share of the trace's duration from 0 to 1. */
  readonly offset: number;
  /** The length of its bar, as a share of the trace's duration from 0 to 1. */
  readonly share: number;
}

/**
 * Lays a trace out as a waterfall: its first start (0 if no span has one) and its duration in
 * microseconds, and one row per span, each followed by the rows of its children.
 */
export function layOutWaterfall(spans: readonly TraceSpan[]) {
  const timed = spans.filter(({ startUs }) => startUs > 0);
  const startUs = timed.length > 0 ? Math.min(...timed.map((span) => span.startUs)) : 0;
  const durationUs = timed.length > 0 ? Math.max(...timed.map(endOf)) - startUs : 0;
  const lengthUs = Math.max(1, durationUs);
  const flatten = ({ span, children }: SpanNode, depth: number): WaterfallRow[] => [
    {
      span,
      depth,
      offset: Math.max(0, span.startUs - startUs) / lengthUs,
      share: span.durationUs / lengthUs,
    },
    ...children.flatMap((child) => flatten(child, depth + 1)),
  ];
  return { startUs, durationUs, rows: buildTrees(spans).flatMap((tree) => flatten(tree, 0)) };
}
