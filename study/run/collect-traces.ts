import { setTimeout as sleep } from "node:timers/promises";
import { parseServerTiming } from "#runtime/server-timing.ts";
import { isActivator, isActivatorWait, isBoot } from "#traces/known-spans.ts";
import type { TraceSpan } from "#traces/span.ts";
import { readTrace, type TracedStep } from "../attribution/attribute-step.ts";
import type { StudyPlatform } from "../platforms/platform.ts";
import { epochMs } from "../records/clock.ts";
import type { SentStep } from "../records/sent-step.ts";

/**
 * Bounds for the arrival of spans. They are sent in batches, the platform's every five seconds and
 * later on a busy machine. A warm call's trace misses little at its bound, so the bound is short.
 */
const traceBoundsMs = { local: 10_000, warm: 10_000, cold: 60_000 } as const;
const slowMs = 300;
const pollMs = 300;
const readsAtOnce = 4;
/** Of a sample's calls without a cold start, only the first are attributed. */
const maxWarmTraces = 50;

/** Reads the traces of a sample's steps once they are complete, or at their bound. */
export async function collectTraces(
  platform: Pick<StudyPlatform, "readTrace" | "kind">,
  steps: readonly SentStep[],
  signal: AbortSignal,
): Promise<TracedStep[]> {
  const wanted = steps.filter(
    ({ serverTiming, traceId }, index) =>
      traceId !== "" && (serverTiming !== "" || index < maxWarmTraces),
  );
  const queue = [...wanted];
  const traced: TracedStep[] = [];
  const work = async () => {
    for (let step = queue.shift(); step !== undefined; step = queue.shift()) {
      traced.push(readTrace(step, await readWhenComplete(platform, step, signal)));
    }
  };
  await Promise.all(Array.from({ length: readsAtOnce }, work));
  return traced;
}

async function readWhenComplete(
  platform: Pick<StudyPlatform, "readTrace" | "kind">,
  step: SentStep,
  signal: AbortSignal,
): Promise<TraceSpan[]> {
  const untilMs = step.intendedAtMs + step.latencyMs + traceBoundsMs[boundOf(platform.kind, step)];
  for (;;) {
    const spans = await platform.readTrace(step.traceId);
    if (isComplete(spans, step, platform.kind) || signal.aborted || epochMs() > untilMs)
      return spans;
    await sleep(pollMs, undefined, { signal }).catch(() => undefined);
  }
}

// A slow response counts as cold, even if no function reports it.
function boundOf(kind: StudyPlatform["kind"], step: SentStep): keyof typeof traceBoundsMs {
  if (kind === "local") return "local";
  return step.serverTiming !== "" || step.latencyMs > slowMs ? "cold" : "warm";
}

/**
 * Whether a trace is complete, as far as can be known: each RPC has the span of the function that
 * served it, each cold function has its boot, and the platform's spans have arrived.
 */
export function isComplete(
  spans: readonly TraceSpan[],
  { serverTiming }: SentStep,
  kind: StudyPlatform["kind"],
): boolean {
  if (spans.length === 0) return false;
  const parents = new Set(spans.map(({ parentId }) => parentId));
  const isOpen = spans.some(
    (span) =>
      span.kind === "client" && span.tags["rpc.method"] !== undefined && !parents.has(span.id),
  );
  if (isOpen) return false;
  const cold = parseServerTiming(serverTiming).map(({ service }) => service);
  const booted = new Set(spans.filter(isBoot).map(({ service }) => service));
  if (!cold.every((service) => booted.has(service))) return false;
  const isServed = spans.some((span) => span.kind === "server" && !isActivator(span));
  if (!isServed || kind === "local") return isServed;
  return spans.some(isActivatorWait) && isConnected(spans);
}

// The client records no span. Any other span without its parent waits for a part of the platform, such as
// queue-proxy, which sends its spans on its own.
function isConnected(spans: readonly TraceSpan[]): boolean {
  const ids = new Set(spans.map(({ id }) => id));
  return spans.filter(({ parentId }) => parentId === undefined || !ids.has(parentId)).length === 1;
}
