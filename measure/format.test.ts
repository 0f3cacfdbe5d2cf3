import assert from "node:assert/strict";
import { test } from "node:test";
import { formatAgo, formatBytes, formatDuration, formatFigure, formatMs } from "./format.ts";

test("a measured time has three significant digits and the unit that fits its rounded value", () => {
  const written = [0, 0.0004, 0.42, 0.9994, 0.9995, 3.14, 9.996, 12.34, 99.96].map(formatMs);
  assert.deepEqual(written, [
    "0 ms",
    "0 µs",
    "420 µs",
    "999 µs",
    "1.00 ms",
    "3.14 ms",
    "10.0 ms",
    "12.3 ms",
    "100 ms",
  ]);
  assert.deepEqual([842.6, 999.4, 999.5, 2314, 12_345, 125_400].map(formatMs), [
    "843 ms",
    "999 ms",
    "1.00 s",
    "2.31 s",
    "12.3 s",
    "125 s",
  ]);
  assert.deepEqual([-0.5, -12.34, -2314].map(formatMs), ["-500 µs", "-12.3 ms", "-2.31 s"]);
});

test("a figure without a unit has at most two digits after the point", () => {
  const written = [0, 0.42, 9.994, 9.996, 51, 99.96, 1234.6].map(formatFigure);
  assert.deepEqual(written, ["0.00", "0.42", "9.99", "10.0", "51.0", "100", "1235"]);
});

test("a duration from a setting has no more digits than the setting", () => {
  assert.deepEqual([200, 1.5, 1500, 1250, 60_000].map(formatDuration), [
    "200 ms",
    "1.5 ms",
    "1.5 s",
    "1.25 s",
    "60 s",
  ]);
});

test("the time since a moment is in whole units and never negative", () => {
  const ago = [-500, 0, 12_000, 190_000, 7_300_000, 47 * 3.6e6, 73 * 3.6e6].map((ms) =>
    formatAgo(0, ms),
  );
  assert.deepEqual(ago, ["now", "now", "12 s ago", "3 min ago", "2 h ago", "47 h ago", "3 d ago"]);
});

test("bytes are counted in powers of 1000", () => {
  const written = [0, 512, 1000, 84_321, 999_600, 1_240_000, 130e6, 16e9, 5e15].map(formatBytes);
  assert.deepEqual(written, [
    "0 B",
    "512 B",
    "1.00 kB",
    "84.3 kB",
    "1.00 MB",
    "1.24 MB",
    "130 MB",
    "16.0 GB",
    "5000 TB",
  ]);
});
