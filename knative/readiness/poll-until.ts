import { setTimeout as sleep } from "node:timers/promises";

/** How often and how long a condition is polled. */
export interface PollOptions {
  /** Milliseconds from `startedAt` until the last check. */
  readonly timeoutMs: number;
  /** Milliseconds between two checks; 1000 if missing. */
  readonly pollMs?: number;
  /** The start of the timeout by `performance.now()`; the call if missing. */
  readonly startedAt?: number;
}

/**
 * Checks a condition until it is met or the timeout has passed. Returns whether it is met. Rejects with
 * the errors of `check`.
 *
 * @param check gets whether this check is the last one
 */
export async function pollUntil(
  check: (isLast: boolean) => Promise<boolean>,
  { timeoutMs, pollMs = 1000, startedAt = performance.now() }: PollOptions,
): Promise<boolean> {
  for (;;) {
    const isLast = performance.now() - startedAt > timeoutMs;
    if (await check(isLast)) return true;
    if (isLast) return false;
    await sleep(pollMs);
  }
}
