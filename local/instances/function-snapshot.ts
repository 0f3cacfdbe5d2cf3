/**
 * The state of a function: `zero` (no process), `starting`, `ready`, `draining` (the last process
 * finishes its requests), `crashed` (the last process failed; the next call starts another one).
 */
export type FunctionState = "zero" | "starting" | "ready" | "draining" | "crashed";

/** One function at one moment. */
export interface FunctionSnapshot {
  /** The function's name. */
  name: string;
  /** The state of its last process. */
  state: FunctionState;
  /** The id of the process that serves or drains; null without a process. */
  pid: number | null;
  /** The number of requests in flight, as its processes report it. */
  inFlight: number;
  /** The number of callers that wait for it to start. */
  waiting: number;
  /** The number of processes that the platform has started for it. */
  starts: number;
  /** Epoch milliseconds of its last use; null before the first. */
  lastUsedAtMs: number | null;
  /** Its last crash; null before the first. */
  lastCrash: Crash | null;
}

/** A process that exited without an order to do so. */
export interface Crash {
  /** Epoch milliseconds. */
  atMs: number;
  /** A sentence with its reason. */
  message: string;
  /** The number of the function's crashes so far, with this one. */
  count: number;
}

/** One start of a process, and the time that its first caller waited. */
export interface ColdStartRecord {
  /** The function's name. */
  function: string;
  /** `request`, or `min scale` for a start by `scale.min` in the manifest, for which no caller waits. */
  cause: "request" | "min scale";
  /** Epoch milliseconds of the first byte. */
  atMs: number;
  /** Milliseconds of each boot phase, in their order. */
  phases: Readonly<Record<string, number>>;
  /** Milliseconds from the first byte until the caller was connected to the function. */
  totalMs: number;
}
