import type { TraceSpan } from "./span.ts";

/** A trace in the JSON of Jaeger's query API, as far as it is read. */
export interface JaegerTrace {
  readonly processes: Readonly<Record<string, { readonly serviceName: string } | undefined>>;
  readonly spans: readonly {
    readonly traceID: string;
    readonly spanID: string;
    readonly operationName: string;
    readonly processID: string;
    readonly startTime: number;
    readonly duration: number;
    readonly references?: readonly { readonly refType: string; readonly spanID: string }[];
    readonly tags?: readonly { readonly key: string; readonly value: unknown }[];
  }[];
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
      kind: kinds.find((kind) => kind === tags["span.kind"]) ?? "internal",
      startUs: span.startTime,
      durationUs: span.duration,
      tags,
    };
  });
}

const kinds = ["client", "server", "producer", "consumer"] as const;
