import type { Phase, PhaseTimes } from "../records/phases.ts";
import type { PlatformKind } from "../records/run-file.ts";
import type { InstanceRecord } from "../records/sample-record.ts";
import { type Boot, endOf, type FunctionCall, type Interval } from "./function-call.ts";
import { findMoments } from "./moments.ts";

/** The input of the attribution, besides a call's spans. */
export interface AttributionContext {
  /** The kind of platform that was measured. */
  readonly platform: PlatformKind;
  /** The watched instances of all functions. */
  readonly instances: readonly InstanceRecord[];
  /** The boots in all traces of the sample: a call may have waited for a boot in another trace. */
  readonly boots: readonly Boot[];
}

/** The phases of a call's time. */
export interface Attribution {
  /** Their sum is the length of the attributed interval. */
  readonly phases: PhaseTimes;
  /** Whether the call waited for the function to start. */
  readonly isCold: boolean;
  /** Milliseconds by which spans lie outside the interval. */
  readonly clockSkewMs: number;
}

/**
 * Divides the time in which a caller waited into phases by their ends, which are moments. If a moment
 * between two others is unknown, the time between them is unexplained.
 */
export function attributeCall(
  call: FunctionCall,
  waited: Interval,
  context: AttributionContext,
): Attribution {
  const boot = findBootOf(call, waited, context.boots);
  const instance = findInstance(call, boot, context.instances);
  const isCold = boot !== undefined || wasStartedWithin(instance, call, waited);
  const start = { boot, instance, isCold };
  const moments = findMoments(call, waited, start, context.platform);
  const times = new Map<Phase, number>();
  const add = (phase: Phase, durationMs: number) => {
    if (durationMs > 0) times.set(phase, (times.get(phase) ?? 0) + durationMs);
  };
  let cursorMs = waited.startMs;
  let isGap = false;
  for (const { phase, atMs } of moments) {
    if (atMs === undefined) {
      isGap = true;
      continue;
    }
    add(isGap ? "unexplained" : phase, atMs - cursorMs);
    cursorMs = Math.max(cursorMs, atMs);
    isGap = false;
  }
  const servedMs = Math.max(0, Math.min(call.served.endMs, waited.endMs) - cursorMs);
  const dependenciesMs = Math.min(servedMs, coveredMs(call.dependencies, call.served));
  add("dependencies", dependenciesMs);
  add("handler", servedMs - dependenciesMs);
  add("reply", waited.endMs - cursorMs - servedMs);
  return { phases: Object.fromEntries(times), isCold, clockSkewMs: skewOf(call.arrived, waited) };
}

/** Milliseconds of an interval that are covered by at least one of the others. */
export function coveredMs(parts: readonly Interval[], within: Interval): number {
  let sumMs = 0;
  let cursorMs = within.startMs;
  for (const part of parts.toSorted((a, b) => a.startMs - b.startMs)) {
    const startMs = Math.max(part.startMs, cursorMs);
    const endMs = Math.min(part.endMs, within.endMs);
    if (endMs <= startMs) continue;
    sumMs += endMs - startMs;
    cursorMs = endMs;
  }
  return sumMs;
}

// The call's own boot, or that of the process that answered it, unless the process ran already when the
// call arrived. If a warm-up request without a trace started the process, its boot is in the process's
// first trace.
function findBootOf(
  call: FunctionCall,
  waited: Interval,
  boots: readonly Boot[],
): Boot | undefined {
  const isPossible = (boot: Boot) =>
    boot.function === call.function &&
    (boot.address === call.address || boot.address === undefined) &&
    endOf(boot) > waited.startMs &&
    boot.startMs < call.served.startMs;
  const candidates = call.boot ? [call.boot] : boots;
  return candidates.filter(isPossible).toSorted((a, b) => b.startMs - a.startMs)[0];
}

function findInstance(
  call: FunctionCall,
  boot: Boot | undefined,
  instances: readonly InstanceRecord[],
): InstanceRecord | undefined {
  const known = instances.filter((instance) => instance.function === call.function);
  const named = known.find(({ address }) => address !== null && address === call.address);
  if (named) return named;
  const beforeMs = boot?.startMs ?? call.served.startMs;
  return known.filter(({ createdAtMs }) => createdAtMs <= beforeMs).at(-1) ?? known[0];
}

// An instance that other calls have started has no boot in a trace of this sample.
function wasStartedWithin(
  instance: InstanceRecord | undefined,
  { throttled }: FunctionCall,
  waited: Interval,
): boolean {
  // Kubernetes reports a ready pod later than the activator detects it.
  const isForwarded = throttled && throttled.endMs - throttled.startMs < forwardMs;
  if (instance === undefined || isForwarded) return false;
  const { createdAtMs, readyAtMs } = instance;
  return readyAtMs !== null && readyAtMs > waited.startMs && createdAtMs < waited.endMs;
}

// The activator's wait for a running pod.
const forwardMs = 20;

function skewOf(arrived: Interval, waited: Interval): number {
  return Math.max(0, waited.startMs - arrived.startMs, arrived.endMs - waited.endMs);
}
