import type { LoadOptions } from "./options.ts";
import type { SessionOptions } from "./session.ts";

/** What the two kinds of loop work with. */
export interface LoopContext {
  readonly options: LoadOptions;
  readonly session: SessionOptions;
  /** The start, on `performance.now`'s clock. */
  readonly startedAtMs: number;
  /** Aborts when no request may be started any more. */
  readonly ending: AbortSignal;
  /** Tells how many users or requests are at work. */
  readonly setActive: (count: number) => void;
}
