import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandom } from "#measure/random.ts";
import { planArrivals } from "./schedule.ts";

const hourMs = 3_600_000;

test("constant arrivals are evenly spaced and end before the duration", () => {
  const plan = { mode: "constant", ratePerSecond: 4, durationMs: 1000 } as const;
  assert.deepEqual([...planArrivals(plan, createRandom(0))], [0, 250, 500, 750]);
});

test("constant arrivals do not drift in an hour", () => {
  const plan = { mode: "constant", ratePerSecond: 30, durationMs: hourMs } as const;
  const times = [...planArrivals(plan, createRandom(0))];
  assert.equal(times.length, 108_000);
  assert.equal(times.at(-1), 107_999 * (1000 / 30));
});

test("poisson arrivals have exponential gaps of the given mean", () => {
  const plan = { mode: "poisson", ratePerSecond: 10, durationMs: hourMs } as const;
  const times = [...planArrivals(plan, createRandom(9))];
  const gaps = times.map((atMs, index) => atMs - (times[index - 1] ?? 0));
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  const longer = gaps.filter((gap) => gap > 100).length / gaps.length;
  assert.ok(Math.abs(times.length - 36_000) < 4 * Math.sqrt(36_000), `${times.length} arrivals`);
  assert.ok(Math.abs(mean - 100) < 3, `mean gap ${mean}`);
  assert.ok(Math.abs(longer - Math.exp(-1)) < 0.01, `share of gaps above the mean ${longer}`);
  assert.ok(gaps.every((gap) => gap >= 0));
});
