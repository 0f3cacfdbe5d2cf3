import { normalizeTraceId } from "#traces/parse-zipkin.ts";
import type { ZipkinSpan } from "#traces/zipkin.ts";
import { countCalls, type DependencyLink } from "./dependencies.ts";
import { type SpanLimits, serviceOf, Trace } from "./trace.ts";

/** The conditions of a search; a trace must match all that are given. */
export interface TraceQuery {
  /** A service that recorded a span of the trace. */
  serviceName?: string;
  /** A span's name; a span of `serviceName` if that is given too. */
  spanName?: string;
  /** The minimum duration of the trace in microseconds. */
  minDurationUs?: number;
  /** The maximum duration of the trace in microseconds. */
  maxDurationUs?: number;
  /** Tags that one span has, with their values; an empty value matches every value. */
  tags?: Readonly<Record<string, string>>;
  /** The earliest start of the trace in epoch microseconds. */
  fromUs?: number;
  /** The latest start of the trace in epoch microseconds. */
  untilUs?: number;
  /** The maximum number of traces; the newest are found. */
  limit: number;
}

// The spans of about 1,500 pages. Each needs about 0.7 kB of memory; countBytes counts up to three times as much.
const defaultLimits: SpanLimits = { spans: 10_000, bytes: 64 * 1024 * 1024 };

// The shop has about 20. More are made up, and would be kept until the platform ends.
const maxLinks = 1000;

/**
 * Traces in memory; new ones replace the oldest. Calls are counted for all traces since the start, between
 * at most 1,000 pairs of services.
 */
export class TraceStore {
  readonly #limits: SpanLimits;
  readonly #traces = new Map<string, Trace>();
  // The calls in traces that were dropped.
  #dropped: DependencyLink[] = [];
  #spanCount = 0;
  #bytes = 0;

  /** Limits all traces in memory; a single one gets half of that, so that it does not displace all others. */
  constructor(limits: Partial<SpanLimits> = {}) {
    this.#limits = { ...defaultLimits, ...limits };
  }

  /** The number of spans in memory. */
  get spanCount(): number {
    return this.#spanCount;
  }

  /** About how many bytes they need. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Adds spans. */
  add(spans: readonly ZipkinSpan[]): void {
    const ofTrace = { spans: this.#limits.spans / 2, bytes: this.#limits.bytes / 2 };
    for (const span of spans) {
      const trace = this.#traces.get(span.traceId) ?? new Trace(span.traceId, ofTrace);
      this.#traces.set(span.traceId, trace);
      this.#count(trace, -1);
      trace.add(span);
      this.#count(trace, 1);
      // The limits admit not even its first span.
      if (trace.size === 0) this.#traces.delete(span.traceId);
    }
    this.#dropOldest();
  }

  /** The trace with an id, which may lack leading zeros; undefined if unknown. */
  get(traceId: string): Trace | undefined {
    return this.#traces.get(normalizeTraceId(traceId));
  }

  /** The newest traces that match. */
  find(query: TraceQuery): Trace[] {
    return [...this.#traces.values()]
      .filter((trace) => fits(trace, query))
      .sort((a, b) => b.startUs - a.startUs)
      .slice(0, query.limit);
  }

  /** All services that have sent spans. */
  serviceNames(): string[] {
    return this.#distinct((span) => serviceOf(span));
  }

  /** The names of a service's spans. */
  spanNames(serviceName: string): string[] {
    return this.#distinct((span) => (serviceOf(span) === serviceName ? (span.name ?? "") : ""));
  }

  /** The services that a service's spans name as the remote side. */
  remoteServiceNames(serviceName: string): string[] {
    return this.#distinct((span) =>
      serviceOf(span) === serviceName ? (span.remoteEndpoint?.serviceName ?? "") : "",
    );
  }

  /** The calls in the traces that started in a time range, in epoch microseconds. */
  dependencies(fromUs: number, untilUs: number): DependencyLink[] {
    const traces = this.find({ fromUs, untilUs, limit: this.#limits.spans });
    return countCalls(traces.flatMap(({ calls }) => calls));
  }

  /** The calls in all traces since the start, including those that were replaced. */
  allDependencies(): DependencyLink[] {
    const calls = [...this.#traces.values()].flatMap((trace) => trace.calls);
    return countCalls(calls, this.#dropped, maxLinks);
  }

  #distinct(nameOf: (span: ZipkinSpan) => string): string[] {
    const names = new Set<string>();
    for (const trace of this.#traces.values()) {
      for (const span of trace.spans) names.add(nameOf(span));
    }
    names.delete("");
    return [...names].sort();
  }

  // A Map iterates in the order of insertion, here of arrival.
  #dropOldest(): void {
    const { spans, bytes } = this.#limits;
    const dropped: Trace[] = [];
    for (const [traceId, trace] of this.#traces) {
      if (this.#spanCount <= spans && this.#bytes <= bytes) break;
      dropped.push(trace);
      this.#traces.delete(traceId);
      this.#count(trace, -1);
    }
    // Once, because each count copies all links.
    const calls = dropped.flatMap((trace) => trace.calls);
    if (calls.length > 0) this.#dropped = countCalls(calls, this.#dropped, maxLinks);
  }

  #count({ size, bytes }: Trace, sign: 1 | -1): void {
    this.#spanCount += sign * size;
    this.#bytes += sign * bytes;
  }
}

function fits(trace: Trace, query: TraceQuery): boolean {
  const { fromUs = 0, untilUs = Number.POSITIVE_INFINITY } = query;
  const { minDurationUs = 0, maxDurationUs = Number.POSITIVE_INFINITY } = query;
  if (trace.startUs < fromUs || trace.startUs > untilUs) return false;
  if (trace.durationUs < minDurationUs || trace.durationUs > maxDurationUs) return false;
  const { serviceName, spanName, tags = {} } = query;
  if (!serviceName && !spanName && Object.keys(tags).length === 0) return true;
  return trace.spans.some(
    (span) =>
      (!serviceName || serviceOf(span) === serviceName) &&
      (!spanName || span.name === spanName) &&
      Object.entries(tags).every(([key, value]) => {
        const tag = span.tags?.[key];
        return tag !== undefined && (value === "" || tag === value);
      }),
  );
}
