import { quantileOf } from "#measure/quantiles.ts";
import { isActivator } from "./known-spans.ts";
import { isFailed, type TraceSpan } from "./span.ts";

/** One call of a function, or one event that it sent, as the caller recorded it. */
export interface Call {
  /** The service that calls. */
  readonly from: string;
  /** The service that is called. */
  readonly to: string;
  /** Epoch microseconds. */
  readonly startUs: number;
  /** Microseconds that the caller waited, cold starts included. */
  readonly durationUs: number;
  /** Whether the caller or the called service recorded an error. */
  readonly isFailed: boolean;
}

/** All calls from one service to another. */
export type Edge = ReturnType<typeof measureEdges>[number];

/**
 * The calls between services in the spans of one trace. Knative's activator between a caller and a
 * function is left out. A call of a service that records no spans, such as a store, counts if the
 * caller recorded its name.
 */
export function findCalls(spans: readonly TraceSpan[]): Call[] {
  const byId = new Map(spans.map((span) => [span.id, span]));
  const parents = new Set<string>();
  const calls: Call[] = [];
  const add = (caller: TraceSpan, to: string, hasFailed: boolean) => {
    const { service: from, startUs, durationUs } = caller;
    if (from === "" || to === "" || from === to) return;
    calls.push({ from, to, startUs, durationUs, isFailed: hasFailed });
  };
  for (const span of spans) {
    const caller = findCaller(span, byId);
    if (caller === undefined) continue;
    parents.add(caller.id);
    add(caller, span.service, isFailed(caller) || isFailed(span));
  }
  for (const span of spans) {
    const isCall = span.kind === "client" || span.kind === "producer";
    if (!isCall || parents.has(span.id)) continue;
    add(span, span.remoteService ?? "", isFailed(span));
  }
  return calls;
}

// The nearest span above that another service recorded. Between them may be spans of the activator and
// of queue-proxy, which records its spans under the function's name.
function findCaller(span: TraceSpan, byId: ReadonlyMap<string, TraceSpan>): TraceSpan | undefined {
  if (isActivator(span)) return undefined;
  let above = byId.get(span.parentId ?? "");
  if (above?.service === span.service) return undefined;
  const passed = new Set<TraceSpan>();
  // Malformed spans may be their own ancestors.
  while (above !== undefined && isActivator(above) && !passed.has(above)) {
    passed.add(above);
    above = byId.get(above.parentId ?? "");
  }
  return above?.service === span.service ? undefined : above;
}

/** Groups calls by their two ends, in alphabetical order. */
export function measureEdges(calls: readonly Call[]) {
  const groups = Map.groupBy(calls, ({ from, to }) => `${from} ${to}`);
  return [...groups]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, group]) => {
      const [from = "", to = ""] = key.split(" ");
      const timesMs = group.map(({ durationUs }) => durationUs / 1000);
      const errorCount = group.filter((call) => call.isFailed).length;
      return {
        from,
        to,
        count: group.length,
        errorCount,
        p50Ms: quantileOf(timesMs, 0.5),
        p99Ms: quantileOf(timesMs, 0.99),
      };
    });
}
