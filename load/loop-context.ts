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
