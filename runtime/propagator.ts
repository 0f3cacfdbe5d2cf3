import {
  type Context,
  type TextMapGetter,
  type TextMapPropagator,
  type TextMapSetter,
  trace,
} from "@opentelemetry/api";
import { W3CBaggagePropagator, W3CTraceContextPropagator } from "@opentelemetry/core";
import { B3InjectEncoding, B3Propagator } from "@opentelemetry/propagator-b3";

// What gRPC metadata (ASCII-Value in gRPC's "over HTTP/2" specification) and HTTP headers may contain.
// grpc-js throws for other values, but a request must not fail because of its trace or baggage headers.
// The properties of a baggage entry are copied unchanged and may contain tabs or obs-text.
const sendable = /^[\x20-\x7e]*$/;

/**
 * Supports B3 and W3C Trace Context. It injects B3 multi-header and `traceparent`. It extracts
 * `traceparent` if present, otherwise B3 single or multi. `traceparent` takes precedence because Knative
 * 1.19 and later rewrites only that header, so B3 has an older parent in the same trace. If B3 has another
 * trace, B3 takes precedence: Knative does not read B3, and adds a `traceparent` of a new trace to the
 * requests of a caller that sends B3 only.
 */
export class ShopPropagator implements TextMapPropagator {
  readonly #traceContext = new W3CTraceContextPropagator();
  readonly #b3 = new B3Propagator({ injectEncoding: B3InjectEncoding.MULTI_HEADER });
  readonly #baggage = new W3CBaggagePropagator();

  inject(context: Context, carrier: unknown, setter: TextMapSetter): void {
    const dropUnsendable: TextMapSetter = {
      set: (target, name, value) => {
        if (sendable.test(value)) setter.set(target, name, value);
      },
    };
    this.#traceContext.inject(context, carrier, dropUnsendable);
    // Its values are hexadecimal digits.
    this.#b3.inject(context, carrier, setter);
    this.#baggage.inject(context, carrier, dropUnsendable);
  }

  extract(context: Context, carrier: unknown, getter: TextMapGetter): Context {
    const withBaggage = this.#baggage.extract(context, carrier, getter);
    const fromTraceContext = this.#traceContext.extract(withBaggage, carrier, getter);
    const named = trace.getSpanContext(fromTraceContext);
    // Nearly all requests: this saves the cost of parsing B3.
    if (named && hasNoOtherB3(named.traceId, carrier, getter)) return fromTraceContext;
    const fromB3 = this.#b3.extract(withBaggage, carrier, getter);
    const ofB3 = trace.getSpanContext(fromB3);
    // A malformed traceparent leaves the context unchanged, but B3 may be valid.
    if (!named) return fromB3;
    if (!ofB3 || isSameTrace(named.traceId, ofB3.traceId)) return fromTraceContext;
    return fromB3;
  }

  fields(): string[] {
    return [...this.#traceContext.fields(), ...this.#b3.fields(), ...this.#baggage.fields(), "b3"];
  }
}

function hasNoOtherB3(traceId: string, carrier: unknown, getter: TextMapGetter): boolean {
  if (getter.get(carrier, "b3") !== undefined) return false;
  const b3TraceId = getter.get(carrier, "x-b3-traceid");
  return b3TraceId === undefined || b3TraceId === traceId;
}

// Older B3 callers send the lower half of a trace id, which is padded with zeros here.
function isSameTrace(traceId: string, b3TraceId: string): boolean {
  return traceId.endsWith(b3TraceId.replace(/^0{16}/, ""));
}
