import assert from "node:assert/strict";
import { test } from "node:test";
import type { OverloadResult } from "./measure-overload.ts";
import { formatOverload } from "./report-overload.ts";

const unloaded = {
  taskCount: 600,
  acceptedCount: 900,
  acceptedPerSecond: 15,
  rejectedCount: 0,
  failures: {},
  p50Ms: 12.3,
  p90Ms: 25,
  p99Ms: 40,
  maxMs: 55,
  lastAbnormalMs: 0,
};
const result: OverloadResult = {
  durationMs: 120_000,
  peakPerSecond: 200,
  peakBefore: 205,
  peakAfter: 195,
  offeredPerSecond: 2000,
  unloaded,
  overloaded: {
    ...unloaded,
    acceptedPerSecond: 180,
    rejectedCount: 210_000,
    failures: { "GET /: timeout": 2, "GET /cart: ECONNRESET": 1 },
    p99Ms: 120,
  },
  after: unloaded,
  goodputXPeak: 0.9,
  p99XUnloaded: 3,
  memory: [{ name: "frontend", rssBytes: 150_000_000 }],
  normalAfterMs: 0,
};

test("the report of the overloaded shop has the phases, the failures and the targets", () => {
  assert.deepEqual(formatOverload(result), [
    "The shop at ten times its peak for 120 s: shop and visitors on one CPU each",
    "peak 200 requests/s (205 before, 195 after), offered 2000 tasks/s",
    "            accepted/s      p50      p90      p99      max     503  failed",
    "unloaded          15.0  12.3 ms  25.0 ms  40.0 ms  55.0 ms       0       0",
    "overloaded       180.0  12.3 ms  25.0 ms   120 ms  55.0 ms  210000       3",
    "after             15.0  12.3 ms  25.0 ms  40.0 ms  55.0 ms       0       0",
    "2 x GET /: timeout",
    "1 x GET /cart: ECONNRESET",
    "goodput 0.90 of the peak (target: at least 0.8)",
    "p99 of accepted requests 3.0x unloaded (target: at most 5x)",
    "largest peak RSS 150 MB, frontend (target: at most 268 MB)",
    "normal after 0 ms (target: at most 10 s)",
  ]);
});
