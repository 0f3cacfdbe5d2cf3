import type { ColdStartRecord, FunctionSnapshot } from "../instances/function-snapshot.ts";

// What the console's API sends and its page shows: types only, for both sides.

/** An edge of the call graph. */
export interface CallEdge {
  /** Who calls. */
  parent: string;
  /** Who answers. */
  child: string;
  /** Calls seen in traces; 0 for an edge that only the manifest names. */
  callCount: number;
  /** Those of them that failed. */
  errorCount: number;
  /** Milliseconds, as the caller saw the latest calls; null where none is remembered. */
  p99Ms: number | null;
  /** Calls in the last minute. */
  perMinute: number;
}

/** One trace in the list. */
export interface TraceSummary {
  /** Its id, in hexadecimal digits. */
  traceId: string;
  /** What began it: service and name of the first span. */
  rootService: string;
  /** Such as `GET /cart`. */
  rootName: string;
  /** Epoch milliseconds at which it began. */
  startMs: number;
  /** Milliseconds from its first span's begin to its last one's end. */
  durationMs: number;
  /** How many spans it has. */
  spanCount: number;
  /** How many of them failed. */
  errorCount: number;
  /** The functions that it met at zero. */
  coldStarts: readonly string[];
  /** How many functions took part. */
  serviceCount: number;
}

/** Everything that the console shows. */
export interface ConsoleState {
  /** Milliseconds without a request after which a function goes to zero. */
  idleWindowMs: number;
  /** Where the storefront is. */
  storefrontUrl: string;
  /** The functions by name. */
  functions: readonly FunctionSnapshot[];
  /** The last cold starts, newest first. */
  coldStarts: readonly ColdStartRecord[];
  /** The call graph: what was seen, and what the manifests name. */
  graph: readonly CallEdge[];
  /** The last traces, newest first. */
  traces: readonly TraceSummary[];
  /** The event broker's counters. */
  events: { accepted: number; delivered: number; retried: number; deadLettered: number };
}
