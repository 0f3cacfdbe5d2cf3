import assert from "node:assert/strict";
import { test } from "node:test";
import { formatServerTiming, parseServerTiming } from "./server-timing.ts";

test("parses the cold starts that it formats", () => {
  const coldStarts = [
    { service: "cartservice", durationMs: 92.1 },
    { service: "currencyservice", durationMs: 101 },
  ];
  const value = formatServerTiming(coldStarts);
  assert.equal(
    value,
    'coldstart;desc="cartservice";dur=92.1, coldstart;desc="currencyservice";dur=101.0',
  );
  assert.deepEqual(parseServerTiming(value), coldStarts);
});

test("ignores other metrics and malformed ones", () => {
  assert.deepEqual(parseServerTiming('db;dur=3, coldstart;desc="<b>";dur=1, coldstart'), []);
});
