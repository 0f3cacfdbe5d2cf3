import type { TraceSpan } from "#traces/span.ts";

/** A backend that stores traces. */
export interface TraceSource {
  /** Its name in messages, such as `Jaeger at http://127.0.0.1:16686`. */
  readonly name: string;
  /** The spans of a trace; none if it has no such trace. Rejects with BackendError. */
  readTrace(traceId: string): Promise<TraceSpan[]>;
  /** The latest traces of the last milliseconds, at most `maxTraces`. Rejects with BackendError. */
  readTraces(lookbackMs: number): Promise<LatestTraces>;
}

/** Traces, and how far back they reach. */
export interface LatestTraces {
  /** The spans of each trace. */
  readonly traces: readonly TraceSpan[][];
  /** Milliseconds: the requested lookback, or less if there were more than `maxTraces`. */
  readonly coveredMs: number;
}

/** The maximum number of traces that are read. */
export const maxTraces = 1000;

/** Adds the time that the traces cover: less than the lookback if there are more traces than the limit. */
export function measureCover(
  traces: readonly TraceSpan[][],
  lookbackMs: number,
  nowMs: number,
): LatestTraces {
  if (traces.length < maxTraces) return { traces, coveredMs: lookbackMs };
  return { traces, coveredMs: nowMs - findStartUs(traces) / 1000 };
}

/** Epoch microseconds of the first span; infinity if there is none. */
export function findStartUs(traces: readonly TraceSpan[][]): number {
  const starts = traces.flat().map(({ startUs }) => startUs);
  return starts.reduce((first, startUs) => Math.min(first, startUs), Number.POSITIVE_INFINITY);
}

/** Rejects with BackendError if the source cannot be read. */
export async function checkSource(source: TraceSource): Promise<void> {
  await source.readTrace("1".padStart(32, "0"));
}
