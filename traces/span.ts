/** A span as Zipkin, Jaeger and the local platform report it. */
export interface TraceSpan {
  /** Lower-case hexadecimal digits, usually 32. */
  readonly traceId: string;
  /** Lower-case hexadecimal digits, usually 16. */
  readonly id: string;
  /** The parent span's id; undefined for the first span of a trace. */
  readonly parentId: string | undefined;
  /** The function, or the part of the platform, that recorded the span; empty if unknown. */
  readonly service: string;
  /** Such as `hipstershop.CartService/GetCart`. */
  readonly name: string;
  /** Which side of a call or message the span is; `internal` for work inside a process. */
  readonly kind: "client" | "server" | "producer" | "consumer" | "internal";
  /** Epoch microseconds; 0 if unknown. */
  readonly startUs: number;
  /** Microseconds. */
  readonly durationUs: number;
  /** The called service, if the caller recorded its name. */
  readonly remoteService?: string | undefined;
  /** Attributes, by their names. */
  readonly tags: Readonly<Record<string, string>>;
}

const kinds = ["client", "server", "producer", "consumer"] as const;

/** The kind of a span by its lower-case name; `internal` for every other name. */
export function kindOf(name: string | undefined): TraceSpan["kind"] {
  return kinds.find((kind) => kind === name) ?? "internal";
}

/** Whether the span's work failed: Zipkin's tag `error`, or OpenTelemetry's status. */
export function isFailed({ tags }: TraceSpan): boolean {
  return (tags.error ?? "false") !== "false" || tags["otel.status_code"] === "ERROR";
}

/** Whether the request met the cold start of its function. */
export function isCold({ tags }: TraceSpan): boolean {
  return tags["faas.coldstart"] === "true";
}

/** Epoch microseconds at which the span ended. */
export function endOf({ startUs, durationUs }: TraceSpan): number {
  return startUs + durationUs;
}
