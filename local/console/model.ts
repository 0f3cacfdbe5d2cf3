import type { ColdStartRecord, FunctionSnapshot } from "../instances/function-snapshot.ts";
import type { DependencyLink } from "../zipkin/dependencies.ts";

// The data that the console's API sends and its page shows. Only types, because both import this file.

/** An edge of the call graph; its counts are 0 if only the manifest has it. */
export interface CallEdge extends DependencyLink {
  /** The p99 of the latest calls in milliseconds, as the caller recorded them; null without calls. */
  p99Ms: number | null;
  /** Calls in the last minute. */
  perMinute: number;
}

/** One trace in the list. */
export interface TraceSummary {
  /** The trace's id in hexadecimal digits. */
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
  /** The functions that had a cold start in it. */
  coldStarts: readonly string[];
  /** The number of functions in it. */
  serviceCount: number;
}

/** A function and where it is called. */
export interface ReachableFunction extends FunctionSnapshot {
  /** `host:port` on which the platform listens for it. */
  address: string;
}

/** The content of the console. */
export interface ConsoleState {
  /** Milliseconds without a request after which a function scales to zero. */
  idleWindowMs: number;
  /** The URL of the storefront. */
  storefrontUrl: string;
  /** The functions by name. */
  functions: readonly ReachableFunction[];
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
