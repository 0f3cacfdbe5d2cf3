import { endOf, type TraceSpan } from "./span.ts";
import { buildTrees, type SpanNode } from "./tree.ts";

/** A stretch of time during which one span was what the trace waited for. */
export interface CriticalSegment {
  readonly span: TraceSpan;
  /** Epoch microseconds. */
  readonly startUs: number;
  readonly endUs: number;
}

/**
 * What a trace's time went to: from the end of its first span backwards, always into the child that
 * ended last, so that the segments follow each other without a gap and add up to the first span's
 * duration. The boot of a cold function counts to the call that waited for it; other time of children
 * outside of their parent's does not. What an event set off counts if it ended before the event was
 * accepted: a channel in memory delivers first, and its sender waits for the receiver.
 */
export function findCriticalPath(spans: readonly TraceSpan[]): CriticalSegment[] {
  const [root] = buildTrees(moveBoots(spans)).toSorted(
    (a, b) => b.span.durationUs - a.span.durationUs,
  );
  if (root === undefined) return [];
  const { startUs, durationUs } = root.span;
  return walk(root, startUs, startUs + durationUs).toReversed();
}

// A boot hangs under the request that met it, which the function only saw when the boot was over. What
// waited for it is the nearest span above that had begun; on Knative that is the activator's, and in it
// the one that waited for a pod.
function moveBoots(spans: readonly TraceSpan[]): TraceSpan[] {
  const byId = new Map(spans.map((span) => [span.id, span]));
  return spans.map((span) => {
    if (span.name !== "faas.boot") return span;
    let above = byId.get(span.parentId ?? "");
    while (above !== undefined && above.startUs > span.startUs) {
      above = byId.get(above.parentId ?? "");
    }
    if (above === undefined || above.id === span.parentId) return span;
    const wait = spans.find(
      (each) =>
        each.parentId === above.id &&
        each.service === "activator" &&
        each.startUs <= span.startUs &&
        endOf(each) >= endOf(span),
    );
    return { ...span, parentId: (wait ?? above).id };
  });
}

// From the latest to the earliest, within the bounds.
function walk({ span, children }: SpanNode, fromUs: number, toUs: number): CriticalSegment[] {
  const segments: CriticalSegment[] = [];
  let cursorUs = toUs;
  const isAwaited = (child: SpanNode) => endOf(child.span) <= endOf(span);
  const awaited = span.kind === "producer" ? children.filter(isAwaited) : children;
  const byEnd = awaited.toSorted((a, b) => endOf(b.span) - endOf(a.span));
  for (const child of byEnd) {
    const endUs = Math.min(endOf(child.span), cursorUs);
    const startUs = Math.max(child.span.startUs, fromUs);
    // It ran beside one that ended later, or outside of its parent.
    if (startUs >= endUs || child.span.startUs >= cursorUs) continue;
    if (endUs < cursorUs) segments.push({ span, startUs: endUs, endUs: cursorUs });
    segments.push(...walk(child, startUs, endUs));
    cursorUs = startUs;
  }
  if (cursorUs > fromUs) segments.push({ span, startUs: fromUs, endUs: cursorUs });
  return segments;
}

/** What a stretch of a trace was spent on. */
export type TimeKind =
  | "activator"
  | "queue-proxy"
  | "boot"
  | "store"
  | "broker"
  | "network"
  | "own work";

/** How much of the critical path one function spent on one kind of thing. */
export interface PathShare {
  readonly service: string;
  readonly kind: TimeKind;
  readonly durationUs: number;
}

/** Sums a critical path by function and kind, the largest share first. */
export function sumCriticalPath(segments: readonly CriticalSegment[]): PathShare[] {
  const shares = new Map<string, PathShare>();
  for (const { span, startUs, endUs } of segments) {
    const kind = kindOf(span);
    const key = `${span.service} ${kind}`;
    const durationUs = (shares.get(key)?.durationUs ?? 0) + endUs - startUs;
    shares.set(key, { service: span.service, kind, durationUs });
  }
  return [...shares.values()].toSorted((a, b) => b.durationUs - a.durationUs);
}

function kindOf({ service, name, kind, tags }: TraceSpan): TimeKind {
  if (service === "activator") return "activator";
  if (name.startsWith("kn.queueproxy")) return "queue-proxy";
  if (name.startsWith("faas.boot")) return "boot";
  if (tags["db.system.name"] !== undefined) return "store";
  // Of an event, what neither the platform's spans nor the receiver's explain.
  if (kind === "producer") return "broker";
  // Of a call, what its callee did not see: on the way, or waiting to be taken.
  if (kind === "client") return "network";
  return "own work";
}
