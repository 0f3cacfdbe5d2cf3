import { setTimeout as sleep } from "node:timers/promises";
import type { LoadOptions } from "./options.ts";
import type { SessionOptions } from "./session.ts";

/** The input of both kinds of loop. */
export interface LoopContext {
  /** The options of the run. */
  readonly options: LoadOptions;
  /** The options of each session. */
  readonly session: SessionOptions;
  /** The start, on `performance.now`'s clock. */
  readonly startedAtMs: number;
  /** Aborts when no more requests may start. */
  readonly ending: AbortSignal;
  /** Receives the number of active users or requests in flight. */
  readonly setActive: (count: number) => void;
}

/** The tasks of an open loop; all 0 in a closed loop. */
export type ArrivalResult = Readonly<typeof noArrivals>;

/** The arrivals of a closed loop. */
export const noArrivals = {
  dueCount: 0,
  startedCount: 0,
  /** Tasks that started late because `maxInFlight` requests were in flight. */
  delayedCount: 0,
  /** Tasks that were due and never started. */
  unsentCount: 0,
  /** Max. number of tasks in progress. */
  maxInFlightCount: 0,
  /** Max. delay of a start by the generator itself, in milliseconds. */
  maxLagMs: 0,
};

/** Waits, at most until the run ends. */
export async function sleepUnlessEnding(durationMs: number, ending: AbortSignal): Promise<void> {
  await sleep(durationMs, undefined, { signal: ending }).catch((error) => {
    if (!ending.aborted) throw error;
  });
}
