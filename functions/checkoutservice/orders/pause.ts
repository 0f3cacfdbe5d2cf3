/**
 * Resolves after a time, or as soon as the signal aborts. Unlike `setTimeout` of `node:timers/promises` it makes no
 * error for a signal, whose stack would take longer than a write to the journal.
 *
 * @param durationMs milliseconds, at most 2 ** 31 - 1
 */
export function pause(durationMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, durationMs);
    signal?.addEventListener("abort", end);
    if (signal?.aborted) end();
  });
}
