import assert from "node:assert/strict";
import { test } from "node:test";
import { meanOf, quantileOf, spreadOf } from "./quantiles.ts";

test("quantiles are those of R's quantile(type = 7)", () => {
  const samples = [15, 20, 35, 40, 50];
  assert.deepEqual(
    [0, 0.05, 0.3, 0.4, 0.5, 0.95, 1].map((share) => quantileOf(samples, share)),
    [15, 16, 23, 29, 35, 48, 50],
  );
  assert.equal(quantileOf([10, 9, 2], 0.5), 9, "numbers are not sorted as text");
  assert.ok(Number.isNaN(quantileOf([], 0.5)));
});

test("a spread is the median with its quartiles, interpolated between samples", () => {
  assert.deepEqual(spreadOf([5, 1, 3, 2, 4]), { median: 3, q1: 2, q3: 4 });
  assert.deepEqual(spreadOf([4, 1, 3, 2]), { median: 2.5, q1: 1.75, q3: 3.25 });
  assert.deepEqual(spreadOf([7]), { median: 7, q1: 7, q3: 7 });
  assert.deepEqual(spreadOf([]), { median: Number.NaN, q1: Number.NaN, q3: Number.NaN });
});

test("a mean is NaN without samples", () => {
  assert.equal(meanOf([1, 2, 6]), 3);
  assert.ok(Number.isNaN(meanOf([])));
});
