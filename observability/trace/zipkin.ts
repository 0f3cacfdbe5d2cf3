import type { TraceSpan } from "./span.ts";

/** A span in Zipkin's v2 JSON, as far as it is read. */
export interface ZipkinSpan {
  readonly traceId: string;
  readonly id: string;
  readonly parentId?: string;
  readonly name?: string;
  readonly kind?: string;
  readonly timestamp?: number;
  readonly duration?: number;
  readonly localEndpoint?: { readonly serviceName?: string };
  readonly tags?: Readonly<Record<string, string>>;
}

/** Reads spans of Zipkin's API. A client and a server span that share an id (B3) stay two spans. */
export function readZipkinSpans(spans: readonly ZipkinSpan[]): TraceSpan[] {
  return spans.map((span) => ({
    traceId: span.traceId,
    id: span.id,
    parentId: span.parentId,
    service: span.localEndpoint?.serviceName ?? "",
    name: span.name ?? "",
    kind: kinds[span.kind ?? ""] ?? "internal",
    startUs: span.timestamp ?? 0,
    durationUs: span.duration ?? 0,
    tags: span.tags ?? {},
  }));
}

const kinds: Readonly<Record<string, TraceSpan["kind"]>> = {
  CLIENT: "client",
  SERVER: "server",
  PRODUCER: "producer",
  CONSUMER: "consumer",
};
