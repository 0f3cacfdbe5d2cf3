import { serviceOf } from "./span.ts";
import type { Trace } from "./store.ts";

/** How fast and how often one function called another lately. */
export interface EdgeLatency {
  /** Milliseconds, as the caller saw it. */
  p99Ms: number;
  /** In the last minute. */
  perMinute: number;
}

const minuteUs = 60_000_000;

/** The latencies of calls by `caller callee`, in the given traces. */
export function measureEdges(traces: Iterable<Trace>, nowUs: number): Map<string, EdgeLatency> {
  const durations = new Map<string, { ms: number[]; lately: number }>();
  for (const { spans } of traces) {
    const byId = new Map(spans.map((span) => [span.id, span]));
    for (const span of spans) {
      const caller = byId.get(span.parentId ?? "");
      if (!caller || serviceOf(caller) === serviceOf(span)) continue;
      const key = `${serviceOf(caller)} ${serviceOf(span)}`;
      const edge = durations.get(key) ?? { ms: [], lately: 0 };
      durations.set(key, edge);
      edge.ms.push((caller.duration ?? 0) / 1000);
      if ((caller.timestamp ?? 0) > nowUs - minuteUs) edge.lately += 1;
    }
  }
  return new Map(
    [...durations].map(([key, { ms, lately }]) => {
      const sorted = ms.toSorted((a, b) => a - b);
      const p99Ms = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.99))] ?? 0;
      return [key, { p99Ms, perMinute: lately }];
    }),
  );
}
