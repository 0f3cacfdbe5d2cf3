import { isFailed, type TraceSpan } from "../trace/span.ts";

/** The calls of one function to another. */
export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  readonly count: number;
  readonly errorCount: number;
  readonly perSecond: number;
  /** Milliseconds, as the caller saw them, cold starts included. */
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Who called whom in the traces of a stretch of time. The platform between them is left out. */
export function findEdges(
  traces: readonly (readonly TraceSpan[])[],
  lookbackMs: number,
): GraphEdge[] {
  const calls = new Map<string, { from: string; to: string; spans: TraceSpan[] }>();
  for (const spans of traces) {
    const byId = new Map(spans.map((span) => [span.id, span]));
    for (const span of spans) {
      const caller = findCaller(span, byId);
      if (caller === undefined) continue;
      const { service: from } = caller;
      const { service: to } = span;
      const call = calls.get(`${from} ${to}`) ?? { from, to, spans: [] };
      call.spans.push(caller);
      calls.set(`${from} ${to}`, call);
    }
  }
  return [...calls.values()]
    .map(({ from, to, spans }) => describe(from, to, spans, lookbackMs))
    .toSorted((a, b) => (`${a.from} ${a.to}` < `${b.from} ${b.to}` ? -1 : 1));
}

// The nearest span above of another function. In between may be the activator's and queue-proxy's,
// which calls itself by the function's own name.
function findCaller(span: TraceSpan, byId: ReadonlyMap<string, TraceSpan>): TraceSpan | undefined {
  if (span.service === "activator") return undefined;
  let above = byId.get(span.parentId ?? "");
  if (above?.service === span.service) return undefined;
  while (above?.service === "activator") above = byId.get(above.parentId ?? "");
  return above?.service === span.service ? undefined : above;
}

function describe(
  from: string,
  to: string,
  spans: readonly TraceSpan[],
  lookbackMs: number,
): GraphEdge {
  const sorted = spans.map(({ durationUs }) => durationUs / 1000).toSorted((a, b) => a - b);
  const quantile = (q: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0;
  return {
    from,
    to,
    count: spans.length,
    errorCount: spans.filter(isFailed).length,
    perSecond: (spans.length * 1000) / lookbackMs,
    p50Ms: quantile(0.5),
    p99Ms: quantile(0.99),
  };
}
