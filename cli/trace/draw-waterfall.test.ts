import assert from "node:assert/strict";
import { test } from "node:test";
import { createTimedSpan, pageSpans } from "#traces/fixtures/span.ts";
import { drawWaterfall } from "./draw-waterfall.ts";

test("a waterfall has one line per span, with cold starts and failures marked", () => {
  const failed = createTimedSpan("bad", "root", [80, 90], { tags: { error: "INTERNAL" } });
  const lines = drawWaterfall([...pageSpans, failed], { width: 100, colors: false }).split("\n");
  assert.equal(lines.length, pageSpans.length + 3);
  assert.match(lines[0] ?? "", /1 cold starts, 1 failed/);
  assert.ok(lines.some((line) => /❄ cart {2}served .*█/.test(line)));
  assert.ok(lines.some((line) => /✗ frontend {2}bad/.test(line)));
  assert.ok(lines.every((line) => line.length <= 100));
});
