import { type Call, findCalls } from "#traces/edges.ts";
import { readZipkinSpans, type ZipkinSpan } from "#traces/zipkin.ts";

// A single trace must not displace all others.
const maxSpansOfTrace = 10_000;

/** The spans of one trace that have arrived so far; spans beyond 10,000 are dropped. */
export class Trace {
  /** The trace's id. */
  readonly traceId: string;
  readonly #spans = new Map<string, ZipkinSpan>();
  #calls: readonly Call[] | undefined;
  #startUs = Number.POSITIVE_INFINITY;
  #endUs = 0;

  constructor(traceId: string) {
    this.traceId = traceId;
  }

  /** The spans in the order of their starts. */
  get spans(): ZipkinSpan[] {
    return [...this.#spans.values()].sort((a, b) => (a.timestamp ?? 0) - (b.timestamp ?? 0));
  }

  /** The number of spans. */
  get size(): number {
    return this.#spans.size;
  }

  /** Epoch microseconds of the first start; 0 if unknown. */
  get startUs(): number {
    return Number.isFinite(this.#startUs) ? this.#startUs : 0;
  }

  /** Microseconds from the first start to the last end. */
  get durationUs(): number {
    return Math.max(0, this.#endUs - this.startUs);
  }

  /** The calls between services in its spans. */
  get calls(): readonly Call[] {
    this.#calls ??= findCalls(readZipkinSpans([...this.#spans.values()]));
    return this.#calls;
  }

  /** Adds a span, or replaces the same one. Returns whether the trace grew. */
  add(span: ZipkinSpan): boolean {
    // A server may share its caller's span id (B3), so the id alone does not identify a span.
    const key = `${span.id} ${span.kind ?? ""} ${serviceOf(span)}`;
    const isNew = !this.#spans.has(key);
    if (isNew && this.#spans.size >= maxSpansOfTrace) return false;
    this.#spans.set(key, span);
    this.#calls = undefined;
    const { timestamp = 0, duration = 0 } = span;
    if (timestamp > 0) this.#startUs = Math.min(this.#startUs, timestamp);
    this.#endUs = Math.max(this.#endUs, timestamp + duration);
    return isNew;
  }
}

/** The name of the service that recorded a span; empty if unknown. */
export function serviceOf({ localEndpoint }: ZipkinSpan): string {
  return localEndpoint?.serviceName ?? "";
}
