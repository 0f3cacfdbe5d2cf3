import { isActivator, isBoot, isBootOrPhase, isQueueProxy } from "./known-spans.ts";
import { endOf, type TraceSpan } from "./span.ts";
import { buildTrees, type SpanNode } from "./tree.ts";

/** A time range, in epoch microseconds, in which the trace waited for one span. */
interface CriticalSegment {
  readonly span: TraceSpan;
  readonly startUs: number;
  readonly endUs: number;
}

/**
 * The critical path of a trace: from the end of its longest root span backwards, always into the child
 * that ended last. The segments have no gaps and add up to the root span's duration. The boot of a cold
 * function counts as a part of the call that waited for it; other time of children outside of their
 * parent's does not count. The work on an event counts if it ended before the broker accepted the event:
 * an in-memory channel delivers first, and the sender waits for the receiver.
 */
export function findCriticalPath(spans: readonly TraceSpan[]): CriticalSegment[] {
  const [root] = buildTrees(moveBoots(spans)).toSorted(
    (a, b) => b.span.durationUs - a.span.durationUs,
  );
  if (root === undefined) return [];
  const { startUs, durationUs } = root.span;
  return walk(root, startUs, startUs + durationUs).toReversed();
}

// A boot is a child of the first request of the process, which the function received after the boot. The
// span that waited for the boot is the nearest ancestor that had started; on Knative that is the
// activator's, or its child that waited for a pod.
function moveBoots(spans: readonly TraceSpan[]): TraceSpan[] {
  const byId = new Map(spans.map((span) => [span.id, span]));
  return spans.map((span) => {
    if (!isBoot(span)) return span;
    let above = byId.get(span.parentId ?? "");
    while (above !== undefined && above.startUs > span.startUs) {
      above = byId.get(above.parentId ?? "");
    }
    if (above === undefined || above.id === span.parentId) return span;
    const wait = spans.find(
      (each) =>
        each.parentId === above.id &&
        isActivator(each) &&
        each.startUs <= span.startUs &&
        endOf(each) >= endOf(span),
    );
    return { ...span, parentId: (wait ?? above).id };
  });
}

// From the latest segment to the earliest, within the bounds.
function walk({ span, children }: SpanNode, fromUs: number, toUs: number): CriticalSegment[] {
  const segments: CriticalSegment[] = [];
  let cursorUs = toUs;
  const isAwaited = (child: SpanNode) => endOf(child.span) <= endOf(span);
  const awaited = span.kind === "producer" ? children.filter(isAwaited) : children;
  const byEnd = awaited.toSorted((a, b) => endOf(b.span) - endOf(a.span));
  for (const child of byEnd) {
    const endUs = Math.min(endOf(child.span), cursorUs);
    const startUs = Math.max(child.span.startUs, fromUs);
    // It ran at the same time as a child that ended later, or outside of its parent.
    if (startUs >= endUs || child.span.startUs >= cursorUs) continue;
    if (endUs < cursorUs) segments.push({ span, startUs: endUs, endUs: cursorUs });
    segments.push(...walk(child, startUs, endUs));
    cursorUs = startUs;
  }
  if (cursorUs > fromUs) segments.push({ span, startUs: fromUs, endUs: cursorUs });
  return segments;
}

/** Sums a critical path by service and kind, the largest share first. */
export function sumCriticalPath(segments: readonly CriticalSegment[]) {
  const shares = new Map<string, { service: string; kind: TimeKind; durationUs: number }>();
  for (const { span, startUs, endUs } of segments) {
    const kind = kindOf(span);
    const key = `${span.service} ${kind}`;
    const durationUs = (shares.get(key)?.durationUs ?? 0) + endUs - startUs;
    shares.set(key, { service: span.service, kind, durationUs });
  }
  return [...shares.values()].toSorted((a, b) => b.durationUs - a.durationUs);
}

type TimeKind = ReturnType<typeof kindOf>;

// The kind of a segment's time.
function kindOf(span: TraceSpan) {
  const { kind, tags } = span;
  if (isActivator(span)) return "activator";
  if (isQueueProxy(span)) return "queue-proxy";
  if (isBootOrPhase(span)) return "boot";
  if (tags["db.system.name"] !== undefined) return "store";
  // The part of sending an event that neither the platform's spans nor the receiver's cover.
  if (kind === "producer") return "broker";
  // The part of a call that the called function did not record: in transit, or waiting to be accepted.
  if (kind === "client") return "network";
  return "own work";
}
