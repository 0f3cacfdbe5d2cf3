import assert from "node:assert/strict";
import { test } from "node:test";
import { noArrivals } from "./loop-context.ts";
import { readLoadOptions } from "./options.ts";
import { Recorder } from "./recorder.ts";
import { describePlan, formatProgress, formatReport } from "./report.ts";
import type { LoadResult } from "./run.ts";

const options = readLoadOptions({}, () => 7);

function createResult(change: Partial<LoadResult> = {}): LoadResult {
  const recorder = new Recorder();
  const outcome = { page: "GET /cart", bodyBytes: 10, error: undefined };
  for (let ms = 1; ms <= 100; ms++) recorder.record({ ...outcome, latencyMs: ms });
  recorder.record({ page: "GET /", latencyMs: 2500, bodyBytes: 0, error: "status 503" });
  return {
    format: "hipster-shop-load/1",
    options,
    startedAt: "2030-01-01T00:00:00.000Z",
    elapsedMs: 60_040,
    stoppedBy: "duration",
    requestsPerSecond: 1.68,
    total: recorder.total(),
    pages: recorder.pages(),
    errors: recorder.errors(),
    arrivals: noArrivals,
    resentCount: 0,
    abandonedCount: 0,
    ...change,
  };
}

test("the report is a table of pages with the total and the failures", () => {
  assert.equal(
    formatReport(createResult()),
    [
      "page       requests  errors  p50 ms  p90 ms  p99 ms  max ms",
      "GET /             1       1    2500    2500    2500    2500",
      "GET /cart       100       0    50.0    90.0    99.0     100",
      "total           101       1    51.0    91.0     100    2500",
      "",
      "101 requests in 60.0 s, 1.7/s, 1 failed",
      "  1 x GET /: status 503",
    ].join("\n"),
  );
});

test("the report states that the limit of requests in flight was reached", () => {
  const arrivals = {
    ...noArrivals,
    dueCount: 30,
    startedCount: 25,
    delayedCount: 4,
    unsentCount: 5,
  };
  assert.match(
    formatReport(createResult({ arrivals })),
    /256 requests in flight was reached: of 30 tasks due, 4 started late .* and 5 never/,
  );
});

test("the report has the reason why a run ended early", () => {
  const text = formatReport(createResult({ stoppedBy: "interrupt", abandonedCount: 2 }));
  assert.match(text, /in 60.0 s \(ended by interrupt\)/);
  assert.match(text, /2 cancelled by the interrupt/);
});

test("describes a plan and its progress in one line each", () => {
  assert.equal(
    describePlan(options),
    "Sending requests to http://127.0.0.1:8080: 10 users for 60 s, seed 7",
  );
  const progress = {
    elapsedMs: 5000,
    activeCount: 6,
    count: 20,
    errorCount: 1,
    p50Ms: 4,
    p99Ms: 120,
  };
  assert.equal(
    formatProgress(progress, options),
    "5.00 s of 60 s  6/10 users  20 requests  1 failed  p50 4.00 ms  p99 120 ms",
  );
});
