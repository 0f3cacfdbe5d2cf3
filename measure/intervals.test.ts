import assert from "node:assert/strict";
import { test } from "node:test";
import {
  compareMedians,
  estimate,
  latencyStatistics,
  meanStatistic,
  medianIntervalOf,
} from "./intervals.ts";
import { createRandom } from "./random.ts";

test("estimates a statistic with an interval around it, the same for the same seed", () => {
  const groups = Array.from({ length: 40 }, (_, index) => [100 + ((index * 37) % 40)]);
  const first = estimate(groups, latencyStatistics, createRandom(5));
  assert.deepEqual(first, estimate(groups, latencyStatistics, createRandom(5)));
  assert.equal(first.median.value, 119.5);
  assert.equal(first.tailToMedian.value, Math.round((138.61 / 119.5) * 1000) / 1000);
  const { low, high } = first.median;
  assert.ok(low !== null && high !== null && low < 119.5 && high > 119.5);
  assert.ok(low > 110 && high < 130, `${low} to ${high}`);
});

test("the interval of a mean is about two standard errors wide on both sides", () => {
  const random = createRandom(11);
  const groups = Array.from({ length: 400 }, () => [random()]);
  const { mean } = estimate(groups, meanStatistic, createRandom(1));
  const error = Math.sqrt(1 / 12 / 400);
  const halfWidth = ((mean.high ?? 0) - (mean.low ?? 0)) / 2;
  assert.ok(Math.abs(halfWidth / (1.96 * error) - 1) < 0.15, `${halfWidth} of ${error}`);
});

test("more calls per sample do not narrow the interval, because samples are drawn whole", () => {
  const few = [[10], [20], [30], [40], [50]];
  const many = few.map(([value = 0]) => Array.from({ length: 50 }, () => value));
  const widthOf = (groups: number[][]) => {
    const { mean } = estimate(groups, meanStatistic, createRandom(2));
    return (mean.high ?? 0) - (mean.low ?? 0);
  };
  assert.equal(widthOf(many), widthOf(few));
});

test("one sample has no interval", () => {
  const { median } = estimate([[5, 6, 7]], latencyStatistics, createRandom(1));
  assert.deepEqual(median, { value: 6, low: null, high: null });
});

test("compares medians by ratio and difference", () => {
  const fast = Array.from({ length: 30 }, (_, index) => [100 + index]);
  const slow = fast.map(([value = 0]) => [value * 2]);
  const { ratio, differenceMs } = compareMedians(slow, fast, createRandom(1));
  assert.equal(ratio.value, 2);
  assert.equal(differenceMs.value, 114.5);
  assert.ok((ratio.low ?? 0) > 1.8 && (ratio.high ?? 9) < 2.2);
});

test("the 95 % interval of a median has the ranks of the sign test and needs six samples", () => {
  const upTo = (count: number) => Array.from({ length: count }, (_, index) => count - index);
  assert.equal(medianIntervalOf(upTo(5)), null);
  assert.deepEqual(medianIntervalOf(upTo(6)), { low: 1, high: 6 });
  // Published tables: ranks 2 and 9 of 10, 10 and 21 of 30, 40 and 61 of 100.
  assert.deepEqual(medianIntervalOf(upTo(10)), { low: 2, high: 9 });
  assert.deepEqual(medianIntervalOf(upTo(30)), { low: 10, high: 21 });
  assert.deepEqual(medianIntervalOf(upTo(100)), { low: 40, high: 61 });
});
