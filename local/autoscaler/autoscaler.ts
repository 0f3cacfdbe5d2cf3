/** What is known about a function's use at one moment. */
export interface UsageSample {
  /** When bytes last went through, or a request last began or ended, on the decision's clock. */
  lastUsedMs: number;
  /** Requests that the instance says it is answering. */
  inFlight: number;
  /** Connections that wait for the instance. */
  waiting: number;
}

/** How far a function scales down. */
export interface ScaleRule {
  /** How long it may stand idle before it goes to zero. */
  idleWindowMs: number;
  /** Instances that stay whatever happens. */
  minScale: number;
}

/** Stop the instance now, or look again after a time (undefined: never by itself). */
export type ScaleDecision =
  | { action: "stop" }
  | { action: "keep"; lookAgainInMs: number | undefined };

/**
 * Decides whether an instance that is up may go: nothing waits, nothing runs, and no byte went
 * through for the whole window. A decision only; the clock is the caller's.
 */
export function decideScale(sample: UsageSample, rule: ScaleRule, nowMs: number): ScaleDecision {
  if (rule.minScale >= 1) return { action: "keep", lookAgainInMs: undefined };
  // What waits or runs marks the function as used when it ends, so a whole window follows it.
  const busy = sample.inFlight > 0 || sample.waiting > 0;
  const leftMs = sample.lastUsedMs + rule.idleWindowMs - nowMs;
  if (busy) return { action: "keep", lookAgainInMs: rule.idleWindowMs };
  if (leftMs > 0) return { action: "keep", lookAgainInMs: leftMs };
  return { action: "stop" };
}
