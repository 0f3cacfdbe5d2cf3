import type { LoadOptions } from "./options.ts";
import type { PageName } from "./page.ts";

/** Milliseconds; 0 throughout when nothing was recorded. */
export interface LatencySummary {
  readonly min: number;
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

/** What came of the requests of one kind of page, or of all. */
export interface PageResult {
  /** Such as `GET /product/{id}`; `total` for the sum of all. */
  readonly page: PageName;
  /** Requests that ended, failed ones included. */
  readonly count: number;
  /** How many of them failed. */
  readonly errorCount: number;
  /** Until the last byte of the body, or until the request failed. */
  readonly latencyMs: LatencySummary;
  /** Bytes of the bodies that arrived. */
  readonly bodyBytes: number;
}

/** Requests that failed in the same way. */
export interface ErrorResult {
  readonly page: PageName;
  /** Such as `status 503`, `timeout` or `ECONNREFUSED`. */
  readonly reason: string;
  readonly count: number;
}

/** How an open loop kept its times; all 0 in a closed loop. */
export interface ArrivalResult {
  /** Tasks that were due. */
  readonly dueCount: number;
  /** Tasks that were begun. */
  readonly startedCount: number;
  /** Begun tasks that had to wait because `maxInFlight` requests were under way. */
  readonly delayedCount: number;
  /** Tasks that were due and never begun: still waiting, or over, at the end. */
  readonly unsentCount: number;
  /** The most requests that were under way at once. */
  readonly maxInFlightCount: number;
  /** The longest that the generator itself was late, waits for `maxInFlight` left out. */
  readonly maxLagMs: number;
}

/** No arrival was due. */
export const noArrivals: ArrivalResult = {
  dueCount: 0,
  startedCount: 0,
  delayedCount: 0,
  unsentCount: 0,
  maxInFlightCount: 0,
  maxLagMs: 0,
};

/** What ended a run. */
export type StopReason = "duration" | "max-requests" | "interrupt";

/** All that a run measured. Every field is always there. */
export interface LoadResult {
  readonly format: "hipster-shop-load/1";
  readonly options: LoadOptions;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** From the start until the last request ended. */
  readonly elapsedMs: number;
  readonly stoppedBy: StopReason;
  readonly requestsPerSecond: number;
  readonly total: PageResult;
  /** By page name, only pages that were asked for. */
  readonly pages: readonly PageResult[];
  /** Most frequent first. */
  readonly errors: readonly ErrorResult[];
  readonly arrivals: ArrivalResult;
  /** GETs sent again because the server had closed an idle connection; not errors. */
  readonly resentCount: number;
  /** Requests that an interrupt cut off; counted nowhere else. */
  readonly abandonedCount: number;
}

/** How far a run is. */
export interface LoadProgress {
  readonly elapsedMs: number;
  /** Closed: users that have started. Open: requests under way. */
  readonly activeCount: number;
  readonly count: number;
  readonly errorCount: number;
  /** Median so far of all pages. */
  readonly p50Ms: number;
  /** 99th percentile so far of all pages. */
  readonly p99Ms: number;
}
