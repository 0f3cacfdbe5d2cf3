import { setTimeout as sleep } from "node:timers/promises";
import { BackendError } from "#backends/backend-error.ts";

/** What was deleted is still there after the time that it may take; the message says what. */
export class StillThereError extends BackendError {
  constructor(remaining: string, timeoutMs: number) {
    super(
      `still there ${timeoutMs / 1000} s after it was deleted: ${remaining}; its finalizers or pods hold it: see kubectl describe, and run the command again`,
    );
    this.name = "StillThereError";
  }
}

/** How a deletion is waited for. */
export interface GoneOptions {
  /** Milliseconds after which it is given up. */
  readonly timeoutMs: number;
  /** Milliseconds between two looks. */
  readonly pollMs: number;
  /** Gets what is left, in words, each time that it was read. */
  readonly onRemaining: (remaining: string) => void;
}

/**
 * Waits until nothing is left. Rejects with StillThereError, and with what `look` rejects with.
 *
 * @param look reads what is left, in words; undefined if nothing is
 */
export async function awaitGone(
  look: () => Promise<string | undefined>,
  { timeoutMs, pollMs, onRemaining }: GoneOptions,
): Promise<void> {
  const endMs = performance.now() + timeoutMs;
  for (;;) {
    const remaining = await look();
    if (remaining === undefined) return;
    if (performance.now() > endMs) throw new StillThereError(remaining, timeoutMs);
    onRemaining(remaining);
    await sleep(pollMs);
  }
}

/** Counts names such as `pod/a` by their kinds: `2 pod, 1 statefulset.apps`; undefined if there are none. */
export function countKinds(names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined;
  const kinds = Map.groupBy(names, (name) => name.split("/")[0] ?? "");
  return [...kinds].map(([kind, { length }]) => `${length} ${kind}`).join(", ");
}
