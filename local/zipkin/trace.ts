import { type Call, findCalls } from "#traces/edges.ts";
import { readZipkinSpans, type ZipkinSpan } from "#traces/zipkin.ts";
import { countBytes } from "./span-bytes.ts";

/** The limits of the spans in memory. */
export interface SpanLimits {
  /** The number of spans. */
  readonly spans: number;
  /** Their bytes in memory, as `countBytes` counts them. */
  readonly bytes: number;
}

/** The spans of one trace that have arrived so far; spans beyond its limits are dropped. */
export class Trace {
  /** The trace's id. */
  readonly traceId: string;
  readonly #limits: SpanLimits;
  readonly #spans = new Map<string, { readonly span: ZipkinSpan; readonly bytes: number }>();
  #bytes = 0;
  #calls: readonly Call[] | undefined;
  #startUs = Number.POSITIVE_INFINITY;
  #endUs = 0;

  constructor(traceId: string, limits: SpanLimits) {
    this.traceId = traceId;
    this.#limits = limits;
  }

  /** The spans in the order of their starts. */
  get spans(): ZipkinSpan[] {
    return this.#list().sort((a, b) => (a.timestamp ?? 0) - (b.timestamp ?? 0));
  }

  /** The number of spans. */
  get size(): number {
    return this.#spans.size;
  }

  /** The bytes of the spans in memory. */
  get bytes(): number {
    return this.#bytes;
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
    this.#calls ??= findCalls(readZipkinSpans(this.#list()));
    return this.#calls;
  }

  /** Adds a span, or replaces the same one, if that keeps the limits. */
  add(span: ZipkinSpan): void {
    // A server may share its caller's span id (B3), so the id alone does not identify a span.
    const key = `${span.id} ${span.kind ?? ""} ${serviceOf(span)}`;
    const before = this.#spans.get(key);
    const bytes = countBytes(span);
    const total = this.#bytes + bytes - (before?.bytes ?? 0);
    if (total > this.#limits.bytes || (!before && this.size >= this.#limits.spans)) return;
    this.#spans.set(key, { span, bytes });
    this.#bytes = total;
    this.#calls = undefined;
    const { timestamp = 0, duration = 0 } = span;
    if (timestamp > 0) this.#startUs = Math.min(this.#startUs, timestamp);
    this.#endUs = Math.max(this.#endUs, timestamp + duration);
  }

  #list(): ZipkinSpan[] {
    return [...this.#spans.values()].map(({ span }) => span);
  }
}

/** The name of the service that recorded a span; empty if unknown. */
export function serviceOf({ localEndpoint }: ZipkinSpan): string {
  return localEndpoint?.serviceName ?? "";
}
