import { kindOf, type TraceSpan } from "./span.ts";

/**
 * A span in Zipkin's v2 JSON. Only the fields that are read here have a type; others are passed on
 * unchanged.
 */
export interface ZipkinSpan {
  /** 16 or 32 lower-case hexadecimal digits. */
  traceId: string;
  /** 16 lower-case hexadecimal digits. */
  id: string;
  /** The parent span's id; undefined for the first span of a trace. */
  parentId?: string;
  /** Such as `hipstershop.CartService/GetCart`. */
  name?: string;
  /** Which side of a call or message the span is; undefined for work inside a process. */
  kind?: "CLIENT" | "SERVER" | "PRODUCER" | "CONSUMER";
  /** Epoch microseconds. */
  timestamp?: number;
  /** Microseconds. */
  duration?: number;
  /** The process that recorded the span. */
  localEndpoint?: { serviceName?: string };
  /** The other side of the call. */
  remoteEndpoint?: { serviceName?: string };
  /** Attributes, by their names. */
  tags?: Readonly<Record<string, string>>;
}

/** Reads spans of Zipkin's API. A client and a server span that share an id (B3) stay two spans. */
export function readZipkinSpans(spans: readonly ZipkinSpan[]): TraceSpan[] {
  return spans.map((span) => ({
    traceId: span.traceId,
    id: span.id,
    parentId: span.parentId,
    service: span.localEndpoint?.serviceName ?? "",
    name: span.name ?? "",
    kind: kindOf(span.kind?.toLowerCase()),
    startUs: span.timestamp ?? 0,
    durationUs: span.duration ?? 0,
    remoteService: span.remoteEndpoint?.serviceName,
    tags: span.tags ?? {},
  }));
}
