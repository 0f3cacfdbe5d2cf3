import type { LoadOptions } from "./options.ts";
import type { PageName } from "./page.ts";

/** Latencies in milliseconds; all 0 without requests. */
export interface LatencySummary {
  /** Minimum. */
  readonly min: number;
  /** Arithmetic mean. */
  readonly mean: number;
  /** Median. */
  readonly p50: number;
  /** 90th percentile. */
  readonly p90: number;
  /** 99th percentile. */
  readonly p99: number;
  /** Maximum. */
  readonly max: number;
}

/** The requests of one kind of page, or of all. */
export interface PageResult {
  /** Such as `GET /product/{id}`; `total` for the sum of all. */
  readonly page: PageName;
  /** Requests that ended, failed ones included. */
  readonly count: number;
  /** Requests that failed. */
  readonly errorCount: number;
  /** Latencies until the last byte of the body, or until the failure. */
  readonly latencyMs: LatencySummary;
  /** Bytes of all bodies. */
  readonly bodyBytes: number;
}

/** Requests of one kind of page that failed for the same reason. */
export interface ErrorResult {
  /** Such as `GET /product/{id}`. */
  readonly page: PageName;
  /** Such as `status 503`, `timeout` or `ECONNREFUSED`. */
  readonly reason: string;
  /** Number of requests. */
  readonly count: number;
}

/** The tasks of an open loop; all 0 in a closed loop. */
export interface ArrivalResult {
  /** Tasks that were due. */
  readonly dueCount: number;
  /** Tasks that started. */
  readonly startedCount: number;
  /** Tasks that started late because `maxInFlight` requests were in flight. */
  readonly delayedCount: number;
  /** Tasks that were due and never started. */
  readonly unsentCount: number;
  /** Max. number of tasks in progress. */
  readonly maxInFlightCount: number;
  /** Max. delay of a start by the generator itself, in milliseconds. */
  readonly maxLagMs: number;
}

/** The arrivals of a closed loop. */
export const noArrivals: ArrivalResult = {
  dueCount: 0,
  startedCount: 0,
  delayedCount: 0,
  unsentCount: 0,
  maxInFlightCount: 0,
  maxLagMs: 0,
};

/** Why a run ended. */
export type StopReason = "duration" | "max-requests" | "interrupt";

/** The result of a run. */
export interface LoadResult {
  /** Name and version of this format. */
  readonly format: "hipster-shop-load/1";
  /** The options that were used. */
  readonly options: LoadOptions;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** Milliseconds from the start until the last request ended. */
  readonly elapsedMs: number;
  /** Why the run ended. */
  readonly stoppedBy: StopReason;
  /** Requests per second of elapsed time. */
  readonly requestsPerSecond: number;
  /** All pages together. */
  readonly total: PageResult;
  /** The requested pages, by name. */
  readonly pages: readonly PageResult[];
  /** Failures, the most frequent first. */
  readonly errors: readonly ErrorResult[];
  /** The tasks of an open loop. */
  readonly arrivals: ArrivalResult;
  /** GETs sent again because the server closed an idle connection; not errors. */
  readonly resentCount: number;
  /** Requests that an interrupt cancelled; not counted elsewhere. */
  readonly abandonedCount: number;
}

/** The progress of a run. */
export interface LoadProgress {
  /** Milliseconds since the start. */
  readonly elapsedMs: number;
  /** Closed: users that have started. Open: tasks in progress. */
  readonly activeCount: number;
  /** Requests that ended. */
  readonly count: number;
  /** Requests that failed. */
  readonly errorCount: number;
  /** Median latency of all pages so far. */
  readonly p50Ms: number;
  /** 99th percentile of the latency of all pages so far. */
  readonly p99Ms: number;
}
