import { kindOf, type TraceSpan } from "./span.ts";

/** A trace in the JSON of Jaeger's query API, as far as it is read. */
export interface JaegerTrace {
  /** The processes that recorded spans, by their ids. */
  readonly processes: Readonly<Record<string, { readonly serviceName: string } | undefined>>;
  /** The spans, in any order. */
  readonly spans: readonly JaegerSpan[];
}

interface JaegerSpan {
  readonly traceID: string;
  readonly spanID: string;
  readonly operationName: string;
  readonly processID: string;
  /** Epoch microseconds. */
  readonly startTime: number;
  /** Microseconds. */
  readonly duration: number;
  /** Other spans, of which the parent has the type `CHILD_OF`. */
  readonly references?: readonly { readonly refType: string; readonly spanID: string }[];
  /** Attributes; the span's kind is `span.kind`. */
  readonly tags?: readonly { readonly key: string; readonly value: unknown }[];
}

/** Reads the spans of a trace of Jaeger's API. */
export function readJaegerSpans({ spans, processes }: JaegerTrace): TraceSpan[] {
  return spans.map((span) => {
    const tags = Object.fromEntries(
      (span.tags ?? []).map(({ key, value }) => [key, String(value)]),
    );
    const parent = span.references?.find(({ refType }) => refType === "CHILD_OF");
    return {
      traceId: span.traceID,
      id: span.spanID,
      parentId: parent?.spanID,
      service: processes[span.processID]?.serviceName ?? "",
      name: span.operationName,
      kind: kindOf(tags["span.kind"]),
      startUs: span.startTime,
      durationUs: span.duration,
      remoteService: tags["peer.service"],
      tags,
    };
  });
}
