import {
  type Context,
  type TextMapGetter,
  type TextMapPropagator,
  type TextMapSetter,
  trace,
} from "@opentelemetry/api";
import { W3CBaggagePropagator, W3CTraceContextPropagator } from "@opentelemetry/core";
import { B3InjectEncoding, B3Propagator } from "@opentelemetry/propagator-b3";

// What gRPC metadata holds (ASCII-Value in gRPC's "over HTTP/2" specification), and HTTP as well.
// Other values make grpc-js throw: a request must not fail because of a header that describes it.
// The properties of a baggage entry are copied as they came and may contain tabs or obs-text.
const sendable = /^[\x20-\x7e]*$/;

/**
 * Speaks both dialects. Out: B3 multi-header and `traceparent`. In: `traceparent` where there is
 * one, else B3 single or B3 multi. `traceparent` wins because Knative 1.19 and later rewrites only
 * that one on the way, so B3 beside it names an older parent in the same trace. Where B3 names
 * another trace it is the caller's: of a caller that sends B3 alone Knative knows nothing, and adds
 * a `traceparent` of a trace that it begins itself.
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
    this.#b3.inject(context, carrier, dropUnsendable);
    this.#baggage.inject(context, carrier, dropUnsendable);
  }

  extract(context: Context, carrier: unknown, getter: TextMapGetter): Context {
    const withBaggage = this.#baggage.extract(context, carrier, getter);
    const fromTraceContext = this.#traceContext.extract(withBaggage, carrier, getter);
    const fromB3 = this.#b3.extract(withBaggage, carrier, getter);
    const named = trace.getSpanContext(fromTraceContext);
    const ofB3 = trace.getSpanContext(fromB3);
    // A malformed traceparent leaves the context as it was; then B3 may still help.
    if (!named) return fromB3;
    if (!ofB3 || isSameTrace(named.traceId, ofB3.traceId)) return fromTraceContext;
    return fromB3;
  }

  fields(): string[] {
    return [...this.#traceContext.fields(), ...this.#b3.fields(), ...this.#baggage.fields(), "b3"];
  }
}

// An older B3 caller keeps the lower half of a trace's id, which comes here with zeros before it.
function isSameTrace(traceId: string, b3TraceId: string): boolean {
  return traceId.endsWith(b3TraceId.replace(/^0{16}/, ""));
}
