/** The use of a function at one moment. */
export interface UsageSample {
  /** When bytes last passed, or a request last started or ended, in milliseconds of the decision's clock. */
  lastUsedMs: number;
  /** Requests in flight, as the instance reports them. */
  inFlight: number;
  /** Connections that wait for the instance. */
  waiting: number;
}

/** How far a function scales down. */
export interface ScaleRule {
  /** Milliseconds without use after which the function scales to zero. */
  idleWindowMs: number;
  /** Instances that always stay; 0 allows scale to zero. */
  minScale: number;
}

/** Stop the instance now, or decide again after a time (undefined: never). */
export type ScaleDecision =
  | { action: "stop" }
  | { action: "keep"; checkAgainInMs: number | undefined };

/**
 * Decides whether a ready instance stops: nothing waits, nothing is in flight, and no byte passed for the
 * whole window. It only decides; the caller has the clock and stops the instance.
 */
export function decideScale(sample: UsageSample, rule: ScaleRule, nowMs: number): ScaleDecision {
  if (rule.minScale >= 1) return { action: "keep", checkAgainInMs: undefined };
  // A request records its use when it ends, so a whole window follows it.
  const busy = sample.inFlight > 0 || sample.waiting > 0;
  const leftMs = sample.lastUsedMs + rule.idleWindowMs - nowMs;
  if (busy) return { action: "keep", checkAgainInMs: rule.idleWindowMs };
  if (leftMs > 0) return { action: "keep", checkAgainInMs: leftMs };
  return { action: "stop" };
}
