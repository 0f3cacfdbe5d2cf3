import type { ZipkinSpan } from "../../zipkin/span.ts";

/** A span at its place in the waterfall. */
export interface SpanRow {
  /** The span. */
  span: ZipkinSpan;
  /** How many spans stand above it, up to the first one. */
  depth: number;
}

/** Spans as a tree, written down from the top: each one followed by its children, by begin. */
export function orderSpans(spans: readonly ZipkinSpan[]): SpanRow[] {
  const ids = new Set(spans.map(({ id }) => id));
  const children = new Map<string, ZipkinSpan[]>();
  const roots: ZipkinSpan[] = [];
  for (const span of spans) {
    const { parentId } = span;
    if (parentId === undefined || parentId === span.id || !ids.has(parentId)) roots.push(span);
    else children.set(parentId, [...(children.get(parentId) ?? []), span]);
  }
  const rows: SpanRow[] = [];
  const seen = new Set<ZipkinSpan>();
  const visit = (span: ZipkinSpan, depth: number) => {
    if (seen.has(span)) return;
    seen.add(span);
    rows.push({ span, depth });
    for (const child of (children.get(span.id) ?? []).toSorted(byBegin)) visit(child, depth + 1);
  };
  for (const root of roots.toSorted(byBegin)) visit(root, 0);
  // Parents in a circle have no first one: they are shown all the same.
  for (const span of spans) visit(span, 0);
  return rows;
}

/** When the first span begins and the last one ends, in epoch microseconds. */
export function extentOf(spans: readonly ZipkinSpan[]): { startUs: number; endUs: number } {
  const begun = spans.filter(({ timestamp = 0 }) => timestamp > 0);
  const startUs = Math.min(...begun.map(({ timestamp = 0 }) => timestamp));
  const endUs = Math.max(...begun.map(({ timestamp = 0, duration = 0 }) => timestamp + duration));
  return begun.length > 0 ? { startUs, endUs } : { startUs: 0, endUs: 0 };
}

function byBegin(a: ZipkinSpan, b: ZipkinSpan): number {
  return (a.timestamp ?? 0) - (b.timestamp ?? 0);
}
