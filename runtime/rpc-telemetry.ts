import { type Context, type Span, SpanKind, SpanStatusCode } from "@opentelemetry/api";
import { type Histogram, histogram } from "./metrics.ts";
import type { CacheResult } from "./response-cache.ts";
import type { StatusCode, StatusError } from "./status.ts";
import { tracer } from "./tracing.ts";

// OpenTelemetry's conventions have no attribute for this; the values are terms of HTTP's Cache-Status (RFC 9211).
const cacheStatusAttribute = "rpc.cache.status";

/** The spans and the duration metric of one method's calls. */
export interface MethodTelemetry {
  /** The full method name, such as `hipstershop.CartService/AddItem`: the name of its spans. */
  readonly name: string;
  /**
   * Starts a call's span.
   *
   * @param parent the current context by default
   * @param startedAt now by default
   */
  start(parent?: Context, startedAt?: StartTime): RecordedCall;
  /** Counts a call that was rejected before its span started. */
  reject(code: StatusCode): void;
  /**
   * Records a span for a call that was not made, because a kept response or the call of another request
   * answered it. The duration metric does not count it.
   *
   * @param startMs when it started, in epoch milliseconds
   */
  recordCached(result: CacheResult, startMs: number): void;
}

/** The start of a call by both clocks. */
export interface StartTime {
  /** Epoch milliseconds. */
  readonly epochMs: number;
  /** Milliseconds of `performance.now()`. */
  readonly monotonicMs: number;
}

/** A call whose span has started. */
export interface RecordedCall {
  /** The call's span. */
  readonly span: Span;
  /**
   * Ends the span and records the duration under the code.
   *
   * @param error why the call failed; undefined if it does not count as a failure
   * @param isOurs whether it is a failure of this process, which sets the span's status to ERROR
   */
  end(code: StatusCode | "OK", error?: StatusError, isOurs?: boolean): void;
}

/**
 * Defines the spans and the histogram of one side's RPCs, and returns a function that returns those of one
 * method. Labels are looked up once per method and code, because this code runs for every call.
 *
 * @param help the histogram's description
 */
export function defineRpcTelemetry(
  side: "client" | "server",
  help: string,
): (service: string, method: string) => MethodTelemetry {
  const kind = side === "client" ? SpanKind.CLIENT : SpanKind.SERVER;
  const labels = ["rpc_service", "rpc_method", "grpc_code"];
  const duration = histogram({ name: `rpc_${side}_duration_seconds`, help, labels });
  return (service, method) => {
    const name = `${service}/${method}`;
    const attributes = { "rpc.system.name": "grpc", "rpc.method": name };
    const children = new Map<string, ReturnType<Histogram["child"]>>();
    const observe = (code: string, durationMs: number, span?: Span) => {
      let child = children.get(code);
      if (!child) {
        const labels = { rpc_service: service, rpc_method: method, grpc_code: code };
        child = duration.child(labels);
        children.set(code, child);
      }
      child.observe(durationMs / 1000, span?.spanContext());
    };
    const start = (parent?: Context, startedAt?: StartTime): RecordedCall => {
      const startMs = startedAt?.monotonicMs ?? performance.now();
      const startTime = startedAt && { startTime: startedAt.epochMs };
      // Attributes that a span starts with are copied twice, for samplers, of which none here reads them.
      const span = tracer.startSpan(name, { kind, ...startTime }, parent).setAttributes(attributes);
      return {
        span,
        end: (code, error, isOurs = true) => {
          const durationMs = performance.now() - startMs;
          span.setAttribute("rpc.status_code", code);
          if (error) {
            span.setAttribute("error.type", code);
            if (isOurs) span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
          }
          // The end is given too: with a given start, the SDK would measure the end in whole milliseconds.
          span.end(startedAt && startedAt.epochMs + durationMs);
          observe(code, durationMs, span);
        },
      };
    };
    const recordCached = (result: CacheResult, startMs: number) => {
      const marked = { ...attributes, [cacheStatusAttribute]: result };
      // Only another call takes time. Without a given start, the SDK measures in microseconds.
      const startTime = result === "collapsed" ? { startTime: startMs } : undefined;
      tracer.startSpan(name, { kind, attributes: marked, ...startTime }).end();
    };
    return { name, start, reject: (code) => observe(code, 0), recordCached };
  };
}
