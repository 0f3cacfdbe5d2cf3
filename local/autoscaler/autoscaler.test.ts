import assert from "node:assert/strict";
import { test } from "node:test";
import { decideScale } from "./autoscaler.ts";

const rule = { idleWindowMs: 1000, minScale: 0 };
const idle = { lastUsedMs: 5000, inFlight: 0, waiting: 0 };

test("an instance stays until the whole window has passed, and is looked at when it has", () => {
  assert.deepEqual(decideScale(idle, rule, 5000), { action: "keep", lookAgainInMs: 1000 });
  assert.deepEqual(decideScale(idle, rule, 5999), { action: "keep", lookAgainInMs: 1 });
  assert.deepEqual(decideScale(idle, rule, 6000), { action: "stop" });
});

test("what runs or waits keeps an instance, however long no byte has come", () => {
  const keep = { action: "keep", lookAgainInMs: 1000 };
  assert.deepEqual(decideScale({ ...idle, inFlight: 1 }, rule, 1e6), keep);
  assert.deepEqual(decideScale({ ...idle, waiting: 1 }, rule, 1e6), keep);
});

test("a minimum scale keeps an instance for good", () => {
  const kept = decideScale(idle, { ...rule, minScale: 1 }, 1e9);
  assert.deepEqual(kept, { action: "keep", lookAgainInMs: undefined });
});
