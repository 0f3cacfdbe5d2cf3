import { type Call, findCalls } from "#traces/edges.ts";
import { normalizeTraceId } from "#traces/parse-zipkin.ts";
import { readZipkinSpans, type ZipkinSpan } from "#traces/zipkin.ts";
import { type DependencyLink, LinkCounter } from "./dependencies.ts";

/** Which traces to find. Everything that is given has to hold. */
export interface TraceQuery {
  /** A service that takes part. */
  serviceName?: string;
  /** A span's name, of that service where one is given. */
  spanName?: string;
  /** The shortest duration of the trace, in microseconds. */
  minDurationUs?: number;
  /** The longest duration of the trace, in microseconds. */
  maxDurationUs?: number;
  /** Tags that one span has, with their value; an empty value asks for the tag alone. */
  tags?: Readonly<Record<string, string>>;
  /** The trace began at this moment or later, in epoch microseconds. */
  fromUs?: number;
  /** The trace began at this moment or earlier, in epoch microseconds. */
  untilUs?: number;
  /** How many traces at most, newest first. */
  limit: number;
}

// One trace must not push all others out.
const mostSpansOfTrace = 10_000;

/** The spans of one trace that have come so far; what comes beyond 10,000 is dropped. */
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

  /** The spans by their begin. */
  get spans(): ZipkinSpan[] {
    return [...this.#spans.values()].sort((a, b) => (a.timestamp ?? 0) - (b.timestamp ?? 0));
  }

  /** How many spans there are. */
  get size(): number {
    return this.#spans.size;
  }

  /** Epoch microseconds of the first begin. */
  get startUs(): number {
    return Number.isFinite(this.#startUs) ? this.#startUs : 0;
  }

  /** Microseconds from the first begin to the last end. */
  get durationUs(): number {
    return Math.max(0, this.#endUs - this.startUs);
  }

  /** The calls between services in its spans. */
  get calls(): readonly Call[] {
    this.#calls ??= findCalls(readZipkinSpans([...this.#spans.values()]));
    return this.#calls;
  }

  /** Adds a span; one that came before is replaced. Says whether the trace grew. */
  add(span: ZipkinSpan): boolean {
    // A server may share its caller's span id (B3), so that the id alone does not tell spans apart.
    const key = `${span.id} ${span.kind ?? ""} ${serviceOf(span)}`;
    const isNew = !this.#spans.has(key);
    if (isNew && this.#spans.size >= mostSpansOfTrace) return false;
    this.#spans.set(key, span);
    this.#calls = undefined;
    const { timestamp = 0, duration = 0 } = span;
    if (timestamp > 0) this.#startUs = Math.min(this.#startUs, timestamp);
    this.#endUs = Math.max(this.#endUs, timestamp + duration);
    return isNew;
  }
}

/** Traces in memory, the oldest given up for new ones; calls are counted for all that ever came. */
export class TraceStore {
  readonly #mostSpans: number;
  readonly #traces = new Map<string, Trace>();
  readonly #forgotten = new LinkCounter();
  #spanCount = 0;
  #version = 0;

  /** `mostSpans` bounds the memory: about 0.7 kB each. The default is some 2,000 pages. */
  constructor(mostSpans = 20_000) {
    this.#mostSpans = mostSpans;
  }

  /** How many spans are held. */
  get spanCount(): number {
    return this.#spanCount;
  }

  /** Another number after each change. */
  get version(): number {
    return this.#version;
  }

  /** Takes spans in. */
  add(spans: readonly ZipkinSpan[]): void {
    for (const span of spans) {
      const trace = this.#traces.get(span.traceId) ?? new Trace(span.traceId);
      this.#traces.set(span.traceId, trace);
      if (trace.add(span)) this.#spanCount += 1;
    }
    this.#version += 1;
    this.#forgetOldest();
  }

  /** One trace, whose id may be written with or without leading zeros. */
  get(traceId: string): Trace | undefined {
    return this.#traces.get(normalizeTraceId(traceId));
  }

  /** The newest traces that fit. */
  find(query: TraceQuery): Trace[] {
    return [...this.#traces.values()]
      .filter((trace) => fits(trace, query))
      .sort((a, b) => b.startUs - a.startUs)
      .slice(0, query.limit);
  }

  /** All services that sent spans. */
  serviceNames(): string[] {
    return this.#distinct((span) => serviceOf(span));
  }

  /** The names of a service's spans. */
  spanNames(serviceName: string): string[] {
    return this.#distinct((span) => (serviceOf(span) === serviceName ? (span.name ?? "") : ""));
  }

  /** The services that a service's spans name as the other side. */
  remoteServiceNames(serviceName: string): string[] {
    return this.#distinct((span) =>
      serviceOf(span) === serviceName ? (span.remoteEndpoint?.serviceName ?? "") : "",
    );
  }

  /** The calls in traces that began in a span of time. */
  dependencies(fromUs: number, untilUs: number): DependencyLink[] {
    return countCalls(this.find({ fromUs, untilUs, limit: this.#mostSpans }), new LinkCounter());
  }

  /** The calls in all traces that ever came, those that were given up included. */
  allDependencies(): DependencyLink[] {
    const counter = new LinkCounter().add([], this.#forgotten.list());
    return countCalls(this.#traces.values(), counter);
  }

  #distinct(nameOf: (span: ZipkinSpan) => string): string[] {
    const names = new Set<string>();
    for (const trace of this.#traces.values()) {
      for (const span of trace.spans) names.add(nameOf(span));
    }
    names.delete("");
    return [...names].sort();
  }

  // In the order in which traces came, which is the order of a Map.
  #forgetOldest(): void {
    for (const [traceId, trace] of this.#traces) {
      if (this.#spanCount <= this.#mostSpans || this.#traces.size === 1) return;
      this.#forgotten.add(trace.calls);
      this.#traces.delete(traceId);
      this.#spanCount -= trace.size;
    }
  }
}

function serviceOf({ localEndpoint }: ZipkinSpan): string {
  return localEndpoint?.serviceName ?? "";
}

function countCalls(traces: Iterable<Trace>, counter: LinkCounter): DependencyLink[] {
  for (const { calls } of traces) counter.add(calls);
  return counter.list();
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
