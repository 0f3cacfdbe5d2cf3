import { type Context, SpanStatusCode, TraceFlags } from "@opentelemetry/api";
import type { ReadableSpan, Span, SpanProcessor } from "@opentelemetry/sdk-trace";
import type { TailSamplingPolicy } from "./tracing-config.ts";

// A request that never ends, or has thousands of spans, must not fill the memory.
const maxTraces = 500;
const maxSpansPerTrace = 500;

/**
 * Tail sampling within one process: buffers the spans of requests that were not sampled until the request
 * has ended here, and exports them if it was slow, failed or cold. Each process decides for its
 * own part: a slow request is traced in the functions in which it was slow. Spans that end after an
 * exported request, such as those of the boot, are exported too. Sampling whole traces requires a collector.
 */
export class TailSamplingProcessor implements SpanProcessor {
  readonly #inner: SpanProcessor;
  readonly #policy: TailSamplingPolicy;
  readonly #held = new Map<string, ReadableSpan[]>();
  // Ids of spans whose children are exported although they start after the request has ended.
  readonly #kept = new Set<string>();

  constructor(inner: SpanProcessor, policy: TailSamplingPolicy) {
    this.#inner = inner;
    this.#policy = policy;
  }

  onStart(span: Span, parent: Context): void {
    this.#inner.onStart(span, parent);
    if (this.#follows(span)) this.#keepChildrenOf(span);
  }

  onEnd(span: ReadableSpan): void {
    const { traceId, traceFlags } = span.spanContext();
    if ((traceFlags & TraceFlags.SAMPLED) !== 0) {
      this.#inner.onEnd(span);
      return;
    }
    if (this.#follows(span)) {
      this.#inner.onEnd(asSampled(span));
      return;
    }
    const held = this.#hold(traceId, span);
    // The span of the request itself: its parent is in another process, and its children have ended.
    if (span.parentSpanContext && !span.parentSpanContext.isRemote) return;
    this.#held.delete(traceId);
    if (!this.#isKept(span)) return;
    this.#keepChildrenOf(span);
    for (const each of held) this.#inner.onEnd(asSampled(each));
  }

  forceFlush(): Promise<void> {
    return this.#inner.forceFlush();
  }

  shutdown(): Promise<void> {
    this.#held.clear();
    this.#kept.clear();
    return this.#inner.shutdown();
  }

  #hold(traceId: string, span: ReadableSpan): ReadableSpan[] {
    const held = this.#held.get(traceId) ?? [];
    if (held.length < maxSpansPerTrace) held.push(span);
    this.#held.set(traceId, held);
    forgetOldest(this.#held);
    return held;
  }

  #follows({ parentSpanContext: parent }: ReadableSpan): boolean {
    return parent !== undefined && !parent.isRemote && this.#kept.has(parent.spanId);
  }

  #keepChildrenOf(span: ReadableSpan): void {
    this.#kept.add(span.spanContext().spanId);
    forgetOldest(this.#kept);
  }

  #isKept({ duration: [seconds, nanos], status, attributes }: ReadableSpan): boolean {
    const { slowMs, error, cold } = this.#policy;
    if (slowMs !== undefined && seconds * 1000 + nanos / 1e6 >= slowMs) return true;
    if (error && status.code === SpanStatusCode.ERROR) return true;
    return cold && attributes["faas.coldstart"] === true;
  }
}

function forgetOldest(ids: Map<string, unknown> | Set<string>): void {
  const [oldest = ""] = ids.keys();
  if (ids.size > maxTraces) ids.delete(oldest);
}

// BatchSpanProcessor drops spans that are not marked as sampled.
function asSampled(span: ReadableSpan): ReadableSpan {
  const context = span.spanContext();
  const sampled = { ...context, traceFlags: context.traceFlags | TraceFlags.SAMPLED };
  return Object.create(span, { spanContext: { value: () => sampled } }) as ReadableSpan;
}
