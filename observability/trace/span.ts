/** A span as both Zipkin and Jaeger tell of it. */
export interface TraceSpan {
  readonly traceId: string;
  readonly id: string;
  /** Undefined for the first span of a trace. */
  readonly parentId: string | undefined;
  readonly service: string;
  readonly name: string;
  readonly kind: "client" | "server" | "producer" | "consumer" | "internal";
  /** Epoch microseconds. */
  readonly startUs: number;
  /** Microseconds. */
  readonly durationUs: number;
  readonly tags: Readonly<Record<string, string>>;
}

/** Whether the span's work failed: Zipkin's tag `error`, or OpenTelemetry's status. */
export function isFailed({ tags }: TraceSpan): boolean {
  return (tags.error ?? "false") !== "false" || tags["otel.status_code"] === "ERROR";
}

/** Whether the request met the cold start of its function. */
export function isCold({ tags }: TraceSpan): boolean {
  return tags["faas.coldstart"] === "true";
}

/** A span with what was done for it. */
export interface SpanNode {
  readonly span: TraceSpan;
  /** In the order of their starts. */
  readonly children: readonly SpanNode[];
}

/** The spans as trees: more than one where a parent is not among them. */
export function buildTrees(spans: readonly TraceSpan[]): SpanNode[] {
  const ids = new Set(spans.map(({ id }) => id));
  const byParent = Map.groupBy(spans, ({ parentId }) =>
    parentId !== undefined && ids.has(parentId) ? parentId : undefined,
  );
  const build = (parentId: string | undefined): SpanNode[] =>
    (byParent.get(parentId) ?? [])
      .toSorted((a, b) => a.startUs - b.startUs)
      .map((span) => ({ span, children: build(span.id) }));
  return build(undefined);
}
