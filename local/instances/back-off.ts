import { FunctionUnavailable } from "./function-unavailable.ts";

const firstDelayMs = 500;
const maxDelayMs = 10_000;

/** An instance that ran for so many milliseconds did not fail at its start: the count of crashes starts again. */
export const stableAfterMs = 10_000;

/**
 * Returns the milliseconds that a function stays down after a number of crashes in a row: 0 after the
 * first, because the next call may start it again; then 500, doubled up to 10,000.
 */
export function backOffMs(crashesInARow: number): number {
  if (crashesInARow <= 1) return 0;
  return Math.min(maxDelayMs, firstDelayMs * 2 ** (crashesInARow - 2));
}

/** Added to the delay of a restart, in milliseconds: timers may fire before the end of the back-off. */
export const restartMarginMs = 100;

/** Counts the crashes of a function and decides when it may start again. */
export class BackOff {
  #crashesInARow = 0;
  #downUntilMs = 0;

  /** Milliseconds until the function may start; 0 if it may start now. */
  get leftMs(): number {
    return Math.max(0, this.#downUntilMs - performance.now());
  }

  /** Throws FunctionUnavailable if the function may not start yet; `name` is its name for the message. */
  requireEnd(name: string): void {
    const { leftMs } = this;
    if (leftMs <= 0) return;
    const reason = `${name} keeps crashing and starts again in ${Math.ceil(leftMs)} ms`;
    throw new FunctionUnavailable(reason, leftMs);
  }

  /** Records the crash of an instance that ran for `ranMs`; returns the milliseconds to stay down. */
  recordCrash(ranMs: number): number {
    this.#crashesInARow = ranMs >= stableAfterMs ? 1 : this.#crashesInARow + 1;
    const delayMs = backOffMs(this.#crashesInARow);
    this.#downUntilMs = performance.now() + delayMs;
    return delayMs;
  }
}
