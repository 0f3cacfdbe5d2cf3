import {
  type Attributes,
  type HrTime,
  type Link,
  type SpanContext,
  type SpanKind,
  type SpanStatus,
  SpanStatusCode,
} from "@opentelemetry/api";
import { addHrTimes, type InstrumentationScope } from "@opentelemetry/core";
import type { Resource } from "@opentelemetry/resources";
import type { ReadableSpan, TimedEvent } from "@opentelemetry/sdk-trace";

const unset: SpanStatus = { code: SpanStatusCode.UNSET };
const none: [] = [];

/**
 * An ended span while it waits for its export, in less than half of the objects that the SDK's span has. Hundreds of
 * spans wait at a time, and what waits survives V8's minor collections, whose cost depends on it.
 */
export class EndedSpan implements ReadableSpan {
  readonly name: string;
  readonly kind: SpanKind;
  readonly parentSpanContext?: SpanContext;
  readonly attributes: Attributes;
  readonly status: SpanStatus;
  readonly events: TimedEvent[];
  readonly links: Link[];
  readonly resource: Resource;
  readonly instrumentationScope: InstrumentationScope;
  readonly droppedAttributesCount: number;
  readonly droppedEventsCount: number;
  readonly droppedLinksCount: number;
  readonly ended = true;
  readonly #context: SpanContext;
  // Not as pairs, each of which would be two objects.
  readonly #startSeconds: number;
  readonly #startNanos: number;
  readonly #seconds: number;
  readonly #nanos: number;

  /** @param span a span that has ended */
  constructor(span: ReadableSpan) {
    this.name = span.name;
    this.kind = span.kind;
    if (span.parentSpanContext) this.parentSpanContext = span.parentSpanContext;
    this.attributes = span.attributes;
    this.status = span.status.code === SpanStatusCode.UNSET ? unset : span.status;
    this.events = span.events.length === 0 ? none : span.events;
    this.links = span.links.length === 0 ? none : span.links;
    this.resource = span.resource;
    this.instrumentationScope = span.instrumentationScope;
    this.droppedAttributesCount = span.droppedAttributesCount;
    this.droppedEventsCount = span.droppedEventsCount;
    this.droppedLinksCount = span.droppedLinksCount;
    this.#context = span.spanContext();
    [this.#startSeconds, this.#startNanos] = span.startTime;
    [this.#seconds, this.#nanos] = span.duration;
  }

  get startTime(): HrTime {
    return [this.#startSeconds, this.#startNanos];
  }

  get duration(): HrTime {
    return [this.#seconds, this.#nanos];
  }

  get endTime(): HrTime {
    return addHrTimes(this.startTime, this.duration);
  }

  spanContext(): SpanContext {
    return this.#context;
  }
}
