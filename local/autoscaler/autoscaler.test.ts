import assert from "node:assert/strict";
import { test } from "node:test";
import { decideScale } from "./autoscaler.ts";

const rule = { idleWindowMs: 1000, minScale: 0 };
const idle = { lastUsedMs: 5000, inFlight: 0, waiting: 0 };

test("keeps an instance until the whole window has passed, and decides again then", () => {
  assert.deepEqual(decideScale(idle, rule, 5000), { action: "keep", checkAgainInMs: 1000 });
  assert.deepEqual(decideScale(idle, rule, 5999), { action: "keep", checkAgainInMs: 1 });
  assert.deepEqual(decideScale(idle, rule, 6000), { action: "stop" });
});

test("keeps an instance while requests are in flight or wait", () => {
  const keep = { action: "keep", checkAgainInMs: 1000 };
  assert.deepEqual(decideScale({ ...idle, inFlight: 1 }, rule, 1e6), keep);
  assert.deepEqual(decideScale({ ...idle, waiting: 1 }, rule, 1e6), keep);
});

test("keeps an instance always if the minimum scale is 1", () => {
  const kept = decideScale(idle, { ...rule, minScale: 1 }, 1e9);
  assert.deepEqual(kept, { action: "keep", checkAgainInMs: undefined });
});
