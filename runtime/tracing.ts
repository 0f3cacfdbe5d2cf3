import {
  type Attributes,
  context,
  isSpanContextValid,
  propagation,
  type Span,
  SpanKind,
  SpanStatusCode,
  type TextMapGetter,
  trace,
} from "@opentelemetry/api";
import { requestRoot } from "./linked-context.ts";

/** The tracer of all spans of the runtime. */
export const tracer = trace.getTracer("hipstershop.runtime");

/** Kind and attributes of a span. */
export interface SpanOptions {
  /** INTERNAL by default; CLIENT for a call to a store or a mail server. */
  kind?: SpanKind;
  /** Attributes by their semantic-convention names; no secrets, no personal data. */
  attributes?: Attributes;
  /** Headers of a request whose trace is continued, instead of the current span's. */
  parentHeaders?: Readonly<Record<string, string | string[] | undefined>>;
}

/**
 * Runs work in a span, a child of the current one. If the work throws, the error becomes
 * the span's status and is rethrown.
 */
export async function withSpan<T>(
  name: string,
  options: SpanOptions,
  work: (span: Span) => Promise<T>,
): Promise<T> {
  const { kind = SpanKind.INTERNAL, attributes = {}, parentHeaders } = options;
  const parent = parentHeaders
    ? propagation.extract(requestRoot, parentHeaders, headerGetter)
    : context.active();
  const span = tracer.startSpan(name, { kind, attributes }, parent);
  try {
    return await context.with(trace.setSpan(parent, span), () => work(span));
  } catch (error) {
    recordError(span, error);
    throw error;
  } finally {
    span.end();
  }
}

/** Marks a span as failed, with the error's name as `error.type`. */
export function recordError(span: Span, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  span.setAttribute("error.type", error instanceof Error ? error.name : "_OTHER");
  span.setStatus({ code: SpanStatusCode.ERROR, message });
}

/** The id of the current trace in 32 hexadecimal digits; undefined outside of a trace. */
export function currentTraceId(): string | undefined {
  const span = trace.getActiveSpan()?.spanContext();
  return span && isSpanContextValid(span) ? span.traceId : undefined;
}

/** Reads Node's parsed HTTP headers. */
export const headerGetter: TextMapGetter<Readonly<Record<string, string | string[] | undefined>>> =
  {
    get: (headers, name) => headers[name.toLowerCase()],
    keys: (headers) => Object.keys(headers),
  };
