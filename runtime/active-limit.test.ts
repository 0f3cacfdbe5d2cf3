import assert from "node:assert/strict";
import { test } from "node:test";
import { ActiveLimit, type LoadSample } from "./active-limit.ts";

function limitAfter(count: number, sample: LoadSample, limit = new ActiveLimit()): ActiveLimit {
  for (let tick = 0; tick < count; tick += 1) limit.update(sample);
  return limit;
}

test("eight requests may start at once, and eight more at each tick while the event loop is on time", () => {
  const limit = new ActiveLimit();
  assert.equal(limit.max, 8);
  for (const activeCount of [8, 16, 24]) {
    limit.update({ delayMs: 0.5, activeCount, endedCount: 0 });
    assert.equal(limit.max, activeCount + 8);
  }
});

test("few requests are active while the event loop is late", () => {
  const limit = limitAfter(10, { delayMs: 20, activeCount: 60, endedCount: 3 });
  assert.equal(limit.max, 4);
});

test("the limit grows again by one at each tick, and by eight once the event loop is on time", () => {
  const limit = limitAfter(10, { delayMs: 20, activeCount: 60, endedCount: 3 });
  limitAfter(12, { delayMs: 2, activeCount: 4, endedCount: 1 }, limit);
  const { max } = limit;
  limit.update({ delayMs: 2, activeCount: max, endedCount: 1 });
  assert.equal(limit.max, max + 1);
  limitAfter(10, { delayMs: 0, activeCount: max, endedCount: 1 }, limit);
  assert.equal(limit.max, max + 8);
});

test("requests that do not end do not keep others from starting, although the event loop is late", () => {
  const limit = limitAfter(50, { delayMs: 20, activeCount: 4, endedCount: 0 });
  assert.equal(limit.max, 8 + 50);
});

test("one late tick does not limit the requests", () => {
  const limit = limitAfter(1, { delayMs: 8, activeCount: 10, endedCount: 1 });
  assert.ok(limit.max > 8);
});
