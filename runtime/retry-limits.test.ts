import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { pauseBeforeRetryMs, RetryThrottle } from "./retry.ts";

describe("pauseBeforeRetryMs", () => {
  for (const random of [0, 0.5, 0.999]) {
    test(`allows retries for at least 2.5 s, with short pauses, with jitter ${random}`, () => {
      const limits = { startMs: 0, deadlineMs: Number.POSITIVE_INFINITY };
      const pausesMs: number[] = [];
      let nowMs = 0;
      for (;;) {
        const pauseMs = pauseBeforeRetryMs(pausesMs.length + 1, limits, nowMs, random);
        if (pauseMs === undefined) break;
        pausesMs.push(pauseMs);
        nowMs += pauseMs;
      }
      assert.ok(nowMs >= 2500, `last attempt after ${nowMs} ms`);
      assert.ok(Math.max(...pausesMs) <= 600);
      assert.ok(pausesMs.length >= 4 && pausesMs.length <= 8, `${pausesMs.length} retries`);
    });
  }

  test("is undefined if the deadline would pass meanwhile", () => {
    assert.equal(pauseBeforeRetryMs(1, { startMs: 0, deadlineMs: 100 }, 0, 0.5), undefined);
    assert.equal(pauseBeforeRetryMs(1, { startMs: 0, deadlineMs: 101 }, 0, 0.5), 100);
  });
});

test("the throttle stops retries while most calls fail, until enough succeed again", () => {
  const throttle = new RetryThrottle();
  for (let count = 0; count < 499; count += 1) throttle.recordFailure();
  assert.equal(throttle.allows, true);
  throttle.recordFailure();
  assert.equal(throttle.allows, false);
  throttle.recordSuccess();
  assert.equal(throttle.allows, true);
});
