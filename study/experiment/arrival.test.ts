import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandom } from "#measure/random.ts";
import { planOpenArrivals } from "./arrival.ts";

test("constant arrivals are evenly spaced and start with the sample", () => {
  const arrival = { kind: "constant", everyMs: 250, durationMs: 1000 } as const;
  assert.deepEqual(planOpenArrivals(arrival, createRandom(1)), [0, 250, 500, 750]);
});

test("Poisson arrivals have exponential gaps of the given mean, drawn by seed", () => {
  const arrival = { kind: "poisson", everyMs: 20, durationMs: 200_000 } as const;
  const times = planOpenArrivals(arrival, createRandom(3));
  assert.deepEqual(times, planOpenArrivals(arrival, createRandom(3)));
  assert.notDeepEqual(times, planOpenArrivals(arrival, createRandom(4)));
  assert.equal(times[0], 0);
  const gaps = times.slice(1).map((atMs, index) => atMs - (times[index] ?? 0));
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  assert.ok(Math.abs(mean - 20) < 1, `mean gap ${mean}`);
  const longer = gaps.filter((gap) => gap > 20).length / gaps.length;
  // Of an exponential distribution 1/e lies above its mean.
  assert.ok(Math.abs(longer - Math.exp(-1)) < 0.02, `${longer} above the mean`);
});

test("a rate too low for the duration gives one arrival", () => {
  const arrival = { kind: "poisson", everyMs: 1e9, durationMs: 1 } as const;
  assert.deepEqual(planOpenArrivals(arrival, createRandom(1)), [0]);
});

test("bursts arrive at once, and again after the gap", () => {
  const arrival = { kind: "bursts", size: 3, count: 2, everyMs: 500 } as const;
  assert.deepEqual(planOpenArrivals(arrival, createRandom(1)), [0, 0, 0, 500, 500, 500]);
});

test("a trace is used unchanged", () => {
  const arrival = { kind: "trace", file: "x.csv", atMs: [1, 5, 5] } as const;
  assert.deepEqual(planOpenArrivals(arrival, createRandom(1)), [1, 5, 5]);
});
