import type { ColdStartRecord, FunctionSnapshot } from "../instances/function-snapshot.ts";

// What the console's API sends and its page shows: types only, for both sides.

/** An edge of the call graph. */
export interface CallEdge {
  /** The name of the caller. */
  parent: string;
  /** The name of the called function. */
  child: string;
  /** Calls seen in traces; 0 for an edge that only the manifest names. */
  callCount: number;
  /** Those of them that failed. */
  errorCount: number;
  /** Milliseconds, as the caller saw the latest calls; null if none is in memory. */
  p99Ms: number | null;
  /** Calls in the last minute. */
  perMinute: number;
}

/** One trace in the list. */
export interface TraceSummary {
  /** Its id, in hexadecimal digits. */
  traceId: string;
  /** The service of the first span. */
  rootService: string;
  /** The name of the first span, such as `GET /cart`. */
  rootName: string;
  /** The start, in epoch milliseconds. */
  startMs: number;
  /** Milliseconds from the first start to the last end of a span. */
  durationMs: number;
  /** The number of spans. */
  spanCount: number;
  /** The number of failed spans. */
  errorCount: number;
  /** The functions whose cold start it met. */
  coldStarts: readonly string[];
  /** The number of functions in it. */
  serviceCount: number;
}

/** Everything that the console shows. */
export interface ConsoleState {
  /** Milliseconds without a request after which a function scales to zero. */
  idleWindowMs: number;
  /** The URL of the storefront. */
  storefrontUrl: string;
  /** The functions by name. */
  functions: readonly FunctionSnapshot[];
  /** The last cold starts, newest first. */
  coldStarts: readonly ColdStartRecord[];
  /** The call graph: the observed calls, and the dependencies in manifests. */
  graph: readonly CallEdge[];
  /** The last traces, newest first. */
  traces: readonly TraceSummary[];
  /** The event broker's counters. */
  events: {
    /** Events that were answered with 202. */
    accepted: number;
    /** Deliveries that a subscriber acknowledged. */
    delivered: number;
    /** Attempts beyond the first. */
    retried: number;
    /** Deliveries whose last attempt failed. */
    deadLettered: number;
  };
}
