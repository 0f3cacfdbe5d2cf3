import assert from "node:assert/strict";
import { test } from "node:test";
import { decideScale } from "./autoscaler.ts";

const rule = { idleWindowMs: 1000, minScale: 0 };
const idle = { lastUsedMs: 5000, inFlight: 0, waiting: 0 };

test("keeps an instance until the whole window has passed, and decides again then", () => {
  assert.equal(decideScale(idle, rule, 5000), 1000);
  assert.equal(decideScale(idle, rule, 5999), 1);
  assert.equal(decideScale(idle, rule, 6000), 0);
  assert.equal(decideScale(idle, rule, 6001), 0);
});

test("keeps an instance while requests are in flight or wait", () => {
  assert.equal(decideScale({ ...idle, inFlight: 1 }, rule, 1e6), 1000);
  assert.equal(decideScale({ ...idle, waiting: 1 }, rule, 1e6), 1000);
});

test("keeps an instance always if the minimum scale is 1", () => {
  assert.equal(decideScale(idle, { ...rule, minScale: 1 }, 1e9), undefined);
});
