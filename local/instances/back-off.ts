const firstDelayMs = 500;
const longestDelayMs = 10_000;

/** An instance that ran at least this long did not fail at once: its crash counts as the first. */
export const stableAfterMs = 10_000;

/**
 * How long a function stays down after crashes in a row: the first one costs nothing, since the
 * next call may start it again; then 0.5 s, doubled up to 10 s.
 */
export function backOffMs(crashesInARow: number): number {
  if (crashesInARow <= 1) return 0;
  return Math.min(longestDelayMs, firstDelayMs * 2 ** (crashesInARow - 2));
}
