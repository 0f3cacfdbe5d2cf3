import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandom } from "#load/random.ts";
import {
  compareMedians,
  estimate,
  latencyStatistics,
  meanStatistic,
  quantileOf,
} from "./statistics.ts";

test("quantiles are those of R's quantile(type = 7)", () => {
  const samples = [15, 20, 35, 40, 50];
  assert.deepEqual(
    [0, 0.05, 0.3, 0.4, 0.5, 0.95, 1].map((share) => quantileOf(samples, share)),
    [15, 16, 23, 29, 35, 48, 50],
  );
  assert.equal(quantileOf([10, 9, 2], 0.5), 9, "numbers are not sorted as text");
  assert.ok(Number.isNaN(quantileOf([], 0.5)));
});

test("an estimate has the value of all and an interval around it, the same for the same seed", () => {
  const groups = Array.from({ length: 40 }, (_, index) => [100 + ((index * 37) % 40)]);
  const first = estimate(groups, latencyStatistics, createRandom(5));
  assert.deepEqual(first, estimate(groups, latencyStatistics, createRandom(5)));
  assert.equal(first.median.value, 119.5);
  assert.equal(first.tailToMedian.value, Math.round((138.61 / 119.5) * 1000) / 1000);
  const { low, high } = first.median;
  assert.ok(low !== null && high !== null && low < 119.5 && high > 119.5);
  assert.ok(low > 110 && high < 130, `${low} to ${high}`);
});

test("the interval of a mean is about two standard errors to both sides", () => {
  const random = createRandom(11);
  const groups = Array.from({ length: 400 }, () => [random()]);
  const { mean } = estimate(groups, meanStatistic, createRandom(1));
  const error = Math.sqrt(1 / 12 / 400);
  const halfWidth = ((mean.high ?? 0) - (mean.low ?? 0)) / 2;
  assert.ok(Math.abs(halfWidth / (1.96 * error) - 1) < 0.15, `${halfWidth} of ${error}`);
});

test("calls of one sample are drawn together, so that many of them narrow nothing", () => {
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

test("medians are compared by ratio and difference", () => {
  const fast = Array.from({ length: 30 }, (_, index) => [100 + index]);
  const slow = fast.map(([value = 0]) => [value * 2]);
  const { ratio, differenceMs } = compareMedians(slow, fast, createRandom(1));
  assert.equal(ratio.value, 2);
  assert.equal(differenceMs.value, 114.5);
  assert.ok((ratio.low ?? 0) > 1.8 && (ratio.high ?? 9) < 2.2);
});
