/** What happened since the last update of a limit. */
export interface LoadSample {
  /** By how much a timer was late, in milliseconds: the time that a request waits for the event loop. */
  readonly delayMs: number;
  /** Requests that have started and not ended. */
  readonly activeCount: number;
  /** Requests that have ended since the last update. */
  readonly endedCount: number;
}

// The weight of a sample in the average delay.
const weight = 0.3;
// Half of CoDel's target (RFC 8289): if the event loop is later than this, the CPU is saturated, and a request
// that starts now only makes the others slower. With the whole, they took longer, and no more were answered.
const saturatedMs = 2.5;
// Below this delay the CPU has time for more requests.
const relaxedMs = 1;
const burst = 8;
const minActive = 4;

/**
 * How many requests may be active at a time: any number while the CPU has time, and few while it is saturated.
 * A request that waits for another function, such as for a cold start, delays nothing, so the limit does not
 * depend on latencies.
 */
export class ActiveLimit {
  #max = burst;
  #delayMs = 0;

  /** The maximum number of active requests. */
  get max(): number {
    return this.#max;
  }

  /** Adapts the limit to a sample; called every 10 ms. */
  update({ delayMs, activeCount, endedCount }: LoadSample): void {
    this.#delayMs += weight * (delayMs - this.#delayMs);
    if (this.#delayMs < relaxedMs) this.#max = activeCount + burst;
    // Requests that do not end wait for something else than the CPU.
    else if (this.#delayMs < saturatedMs || endedCount === 0) this.#max += 1;
    else this.#max = Math.max(minActive, Math.floor(Math.min(this.#max, activeCount) / 2));
  }
}
