import assert from "node:assert/strict";
import { test } from "node:test";
import { formatMs } from "./progress.ts";

test("milliseconds turn to seconds where they would round to a thousand", () => {
  const shown = [0, 12.34, 99.96, 842.6, 999.4, 999.5, 1000, 2314].map(formatMs);
  assert.deepEqual(shown, [
    "0.0 ms",
    "12.3 ms",
    "100 ms",
    "843 ms",
    "999 ms",
    "1.00 s",
    "1.00 s",
    "2.31 s",
  ]);
});
