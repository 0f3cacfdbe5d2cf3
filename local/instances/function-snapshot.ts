/**
 * The state of a function: `zero` (no process), `starting`, `ready`, `draining` (the last process
 * finishes what runs), `crashed` (the last process failed; the next call starts another).
 */
export type FunctionState = "zero" | "starting" | "ready" | "draining" | "crashed";

/** One function at one moment. */
export interface FunctionSnapshot {
  /** Its name. */
  name: string;
  /** Its state. */
  state: FunctionState;
  /** The process that serves or drains, or null. */
  pid: number | null;
  /** Requests that it is answering, as it reports them. */
  inFlight: number;
  /** Callers that wait for it to start. */
  waiting: number;
  /** How many processes the platform started for it so far. */
  starts: number;
  /** Epoch milliseconds at which bytes last passed, or null. */
  lastUsedAtMs: number | null;
  /** Its last crash, or null. */
  lastCrash: { atMs: number; message: string } | null;
}

/** One start of a process, and how long its first caller waited. */
export interface ColdStartRecord {
  /** The function's name. */
  function: string;
  /** A request, or the manifest's `scale.min`, which no caller waits for. */
  cause: "request" | "min scale";
  /** Epoch milliseconds of the first byte. */
  atMs: number;
  /** Milliseconds of each phase of the boot, in their order. */
  phases: Readonly<Record<string, number>>;
  /** Milliseconds from the first byte until the caller was connected to the function. */
  totalMs: number;
}
