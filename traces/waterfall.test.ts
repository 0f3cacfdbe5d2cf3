import assert from "node:assert/strict";
import { test } from "node:test";
import { createTimedSpan } from "./fixtures/span.ts";
import { layOutWaterfall } from "./waterfall.ts";

test("has one row per span, each followed by its children in the order of their starts", () => {
  const spans = [
    createTimedSpan("late", "root", [30, 40]),
    createTimedSpan("early", "root", [20, 30]),
    createTimedSpan("root", undefined, [10, 20]),
    createTimedSpan("leaf", "early", [25, 35]),
    createTimedSpan("orphan", "unknown", [40, 50]),
    createTimedSpan("x", "y", [50, 60]),
    createTimedSpan("y", "x", [60, 70]),
  ];
  const { startUs, durationUs, rows } = layOutWaterfall(spans);
  assert.deepEqual(
    rows.map(({ span: { id }, depth }) => `${id} ${depth}`),
    ["root 0", "early 1", "leaf 2", "late 1", "orphan 0", "x 0", "y 1"],
  );
  assert.deepEqual({ startUs, durationUs }, { startUs: 10, durationUs: 60 });
  assert.deepEqual(
    { ...rows[3], span: undefined },
    {
      span: undefined,
      depth: 1,
      offset: 20 / 60,
      share: 10 / 60,
    },
  );
});

test("a trace without spans or times has no duration", () => {
  assert.deepEqual(layOutWaterfall([]), { startUs: 0, durationUs: 0, rows: [] });
  const [row] = layOutWaterfall([createTimedSpan("root", undefined, [0, 0])]).rows;
  assert.deepEqual([row?.offset, row?.share], [0, 0]);
});
