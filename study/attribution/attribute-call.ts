import type { Phase, PhaseTimes } from "../records/phases.ts";
import type { PlatformKind } from "../records/run-file.ts";
import type { InstanceRecord } from "../records/sample-record.ts";
import { type Boot, endOf, type FunctionCall, type Interval } from "./function-call.ts";
import { findMoments } from "./moments.ts";

/** What a call is attributed with, beside its spans. */
export interface AttributionContext {
  readonly platform: PlatformKind;
  /** The instances of all functions that were watched. */
  readonly instances: readonly InstanceRecord[];
  /** The boots that all traces of the sample tell of: a call may have waited for another's. */
  readonly boots: readonly Boot[];
}

/** What a call's time went to. */
export interface Attribution {
  /** Their sum is the length of the interval that was attributed. */
  readonly phases: PhaseTimes;
  /** Whether it waited for the function to start. */
  readonly isCold: boolean;
  /** Milliseconds by which spans lie outside of the interval. */
  readonly clockSkewMs: number;
}

/**
 * Divides the time in which a caller waited into phases. What is known are moments: ends of phases.
 * Between two of them that have another between them which is not known, the time is unexplained.
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

// Its own, or that of the process which answered it, as long as that was not there when it came: what
// was woken ahead by a request without a trace tells of its boot in the first trace that it takes part in.
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

// For an instance that others than this call have woken there is no boot in a trace of the sample.
function wasStartedWithin(
  instance: InstanceRecord | undefined,
  { throttled }: FunctionCall,
  waited: Interval,
): boolean {
  // Kubernetes tells of a pod that is ready later than the activator sees it.
  const isForwarded = throttled && throttled.endMs - throttled.startMs < forwardMs;
  if (instance === undefined || isForwarded) return false;
  const { createdAtMs, readyAtMs } = instance;
  return readyAtMs !== null && readyAtMs > waited.startMs && createdAtMs < waited.endMs;
}

// The activator's wait for a pod that is there.
const forwardMs = 20;

function skewOf(arrived: Interval, waited: Interval): number {
  return Math.max(0, waited.startMs - arrived.startMs, arrived.endMs - waited.endMs);
}
