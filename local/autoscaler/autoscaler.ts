/** The use of a function at one moment. */
export interface UsageSample {
  /** When bytes last passed, or a request last started or ended, in milliseconds of the decision's clock. */
  lastUsedMs: number;
  /** Requests in flight, as the instance reports them. */
  inFlight: number;
  /** Connections that wait for the instance. */
  waiting: number;
}

/** The rule by which a function scales down. */
export interface ScaleRule {
  /** Milliseconds without use after which the function scales to zero. */
  idleWindowMs: number;
  /** The number of instances that always run; 0 allows scale to zero. */
  minScale: number;
}

/**
 * Decides whether a ready instance stops: nothing waits, nothing is in flight, and no byte passed for the
 * whole window. The caller provides the clock and stops the instance.
 *
 * @returns 0 to stop the instance now, or the milliseconds after which to decide again; undefined for never
 */
export function decideScale(
  sample: UsageSample,
  rule: ScaleRule,
  nowMs: number,
): number | undefined {
  if (rule.minScale >= 1) return undefined;
  // A request records its use when it ends, so a whole window follows it.
  if (sample.inFlight > 0 || sample.waiting > 0) return rule.idleWindowMs;
  return Math.max(0, sample.lastUsedMs + rule.idleWindowMs - nowMs);
}
