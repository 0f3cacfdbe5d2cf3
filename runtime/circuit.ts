import {
  type CircuitBreakerPolicy,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleAll,
} from "cockatiel";

/** The number of failed calls in a row that opens a circuit. */
export const maxFailures = 3;

/** Milliseconds after a failure until an open circuit lets one call pass as a trial. */
export const openMs = 2000;

/**
 * The state of a circuit breaker that has seen a failure. It is closed, open after three failures in a row,
 * or half-open while a trial runs, which closes or opens it.
 */
export class Circuit {
  readonly #policy: CircuitBreakerPolicy;
  #trialAtMs = 0;

  constructor() {
    this.#policy = circuitBreaker(handleAll, {
      breaker: new ConsecutiveBreaker(maxFailures),
      halfOpenAfter: openMs,
    });
    this.#policy.onBreak(() => {
      this.#trialAtMs = Date.now() + openMs;
    });
  }

  /** Whether all calls pass. */
  get isClosed(): boolean {
    return this.#policy.state === CircuitState.Closed;
  }

  /** Whether a trial runs. */
  get isHalfOpen(): boolean {
    return this.#policy.state === CircuitState.HalfOpen;
  }

  /** When the next trial may be made, in epoch milliseconds. */
  get trialAtMs(): number {
    return this.#trialAtMs;
  }

  /** Counts a call that failed. */
  async recordFailure(): Promise<void> {
    await this.#policy.execute(() => Promise.reject(new Error("failed"))).catch(() => undefined);
  }

  /** Counts a call that was answered. It closes an open circuit, too, once a trial may be made. */
  recordAnswer(): void {
    this.#policy.execute(() => undefined).catch(() => undefined);
  }

  /**
   * Makes the trial of an open circuit: a rejection opens it again. The caller has checked that a trial may
   * be made.
   */
  attempt<T>(trial: () => Promise<T>): Promise<T> {
    return this.#policy.execute(trial);
  }
}
