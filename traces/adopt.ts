import type { TraceSpan } from "./span.ts";

/** A trace in which spans whose parent is elsewhere hang under the call that they fit. */
export interface AdoptedTrace {
  readonly spans: readonly TraceSpan[];
  /** How many were given a parent. */
  readonly adoptedCount: number;
}

/**
 * Mends a trace whose middle is missing: where Knative sends its spans to another place than the
 * functions, the activator's and queue-proxy's between a call and its answer are not here, and the
 * answer's parent is unknown. It is hung under the call of the same name that encloses it and that
 * nobody else answered, the latest such where there are several. What received an event is hung under
 * the span that sent this event.
 */
export function adoptOrphans(spans: readonly TraceSpan[]): AdoptedTrace {
  const ids = new Set(spans.map(({ id }) => id));
  const answered = new Set(spans.map(({ parentId }) => parentId));
  const isOrphan = ({ kind, parentId }: TraceSpan) =>
    kind === "server" && parentId !== undefined && !ids.has(parentId);
  const consumers = spans.filter(({ kind }) => kind === "consumer");
  const eventIds = new Map(consumers.map((span) => [span.parentId ?? "", eventIdOf(span)]));
  let adoptedCount = 0;
  const mended = spans.map((span) => {
    if (!isOrphan(span)) return span;
    const call = spans
      .filter((each) =>
        each.kind === "producer"
          ? eventIdOf(each) !== undefined && eventIdOf(each) === eventIds.get(span.id)
          : each.kind === "client" && !answered.has(each.id) && fits(each, span),
      )
      .reduce<TraceSpan | undefined>(
        (best, each) => (best && best.startUs >= each.startUs ? best : each),
        undefined,
      );
    if (call === undefined) return span;
    answered.add(call.id);
    adoptedCount += 1;
    return { ...span, parentId: call.id };
  });
  return { spans: mended, adoptedCount };
}

function eventIdOf({ tags }: TraceSpan): string | undefined {
  return tags["cloudevents.event_id"];
}

function fits(call: TraceSpan, answer: TraceSpan): boolean {
  return (
    call.name === answer.name &&
    call.service !== answer.service &&
    call.startUs <= answer.startUs &&
    call.startUs + call.durationUs >= answer.startUs + answer.durationUs
  );
}
