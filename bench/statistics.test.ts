import assert from "node:assert/strict";
import { test } from "node:test";
import { runBatch } from "./batch.ts";
import { medianIntervalOf, quantileOf, ratiosOf, spreadOf } from "./statistics.ts";

test("a spread is the median with its quartiles, between samples where none lies on them", () => {
  assert.deepEqual(spreadOf([5, 1, 3, 2, 4]), { median: 3, q1: 2, q3: 4 });
  assert.deepEqual(spreadOf([4, 1, 3, 2]), { median: 2.5, q1: 1.75, q3: 3.25 });
  assert.deepEqual(spreadOf([7]), { median: 7, q1: 7, q3: 7 });
  assert.deepEqual(spreadOf([]), { median: 0, q1: 0, q3: 0 });
});

test("a round that was slow for both leaves the ratio as it is", () => {
  assert.deepEqual(ratiosOf([40, 400, 80], [10, 100, 20]), [4, 4, 4]);
});

test("a baseline of nothing gives no ratio", () => {
  assert.deepEqual(ratiosOf([1, 2, 3], [0, 2]), [1]);
});

test("a quantile is of the samples in order", () => {
  assert.equal(quantileOf([30, 10, 20], 0.5), 20);
  assert.equal(quantileOf([30, 10, 20], 1), 30);
});

test("a 95 % interval of the median has the ranks of the sign test, and needs six samples", () => {
  const upTo = (count: number) => Array.from({ length: count }, (_, index) => count - index);
  assert.equal(medianIntervalOf(upTo(5)), null);
  assert.deepEqual(medianIntervalOf(upTo(6)), { low: 1, high: 6 });
  // Published tables: ranks 2 and 9 of 10, 10 and 21 of 30, 40 and 61 of 100.
  assert.deepEqual(medianIntervalOf(upTo(10)), { low: 2, high: 9 });
  assert.deepEqual(medianIntervalOf(upTo(30)), { low: 10, high: 21 });
  assert.deepEqual(medianIntervalOf(upTo(100)), { low: 40, high: 61 });
});

test("a batch makes each call once and never more at once than it may", async () => {
  const indexes: number[] = [];
  let atOnce = 0;
  let most = 0;
  const result = await runBatch(20, 4, async (index) => {
    indexes.push(index);
    most = Math.max(most, ++atOnce);
    await new Promise((resolve) => setImmediate(resolve));
    atOnce--;
  });
  assert.deepEqual(
    indexes,
    Array.from({ length: 20 }, (_, index) => index),
  );
  assert.equal(most, 4);
  assert.ok(result.perSecond > 0 && result.p99Ms >= result.p50Ms);
});

test("a call that fails ends the batch", async () => {
  const fail = async () => {
    throw new Error("not there");
  };
  await assert.rejects(runBatch(3, 2, fail), /not there/);
});
