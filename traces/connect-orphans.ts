import { endOf, type TraceSpan } from "./span.ts";

/**
 * Connects the parts of a trace. If Knative sends its spans to another backend than the functions, the
 * spans of the activator and of queue-proxy between a call and its server span are missing, and the
 * server span's parent is unknown. It becomes a child of the call of the same name that encloses it and
 * has no other child; of the latest if there are several. The receiver of an event becomes a child of
 * the span that sent the event. Returns the spans in the same order, and how many got another parent.
 */
export function connectOrphans(spans: readonly TraceSpan[]) {
  const ids = new Set(spans.map(({ id }) => id));
  const parents = new Set(spans.map(({ parentId }) => parentId));
  const isOrphan = ({ kind, parentId }: TraceSpan) =>
    kind === "server" && parentId !== undefined && !ids.has(parentId);
  const consumers = spans.filter(({ kind }) => kind === "consumer");
  const eventIds = new Map(consumers.map((span) => [span.parentId ?? "", eventIdOf(span)]));
  let movedCount = 0;
  const connected = spans.map((span) => {
    if (!isOrphan(span)) return span;
    const call = spans
      .filter((each) =>
        each.kind === "producer"
          ? eventIdOf(each) !== undefined && eventIdOf(each) === eventIds.get(span.id)
          : each.kind === "client" && !parents.has(each.id) && matches(each, span),
      )
      .toSorted((a, b) => b.startUs - a.startUs)[0];
    if (call === undefined) return span;
    parents.add(call.id);
    movedCount += 1;
    return { ...span, parentId: call.id };
  });
  return { spans: connected, movedCount };
}

function eventIdOf({ tags }: TraceSpan): string | undefined {
  return tags["cloudevents.event_id"];
}

function matches(call: TraceSpan, served: TraceSpan): boolean {
  return (
    call.name === served.name &&
    call.service !== served.service &&
    call.startUs <= served.startUs &&
    endOf(call) >= endOf(served)
  );
}
