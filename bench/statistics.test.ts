import assert from "node:assert/strict";
import { test } from "node:test";
import { ratiosOf, runBatch } from "./statistics.ts";

test("a round that was slow for both does not change the ratio", () => {
  assert.deepEqual(ratiosOf([40, 400, 80], [10, 100, 20]), [4, 4, 4]);
});

test("a reference of 0 gives no ratio", () => {
  assert.deepEqual(ratiosOf([1, 2, 3], [0, 2]), [1]);
});

test("a batch makes each call once and limits the concurrency", async () => {
  const indexes: number[] = [];
  let atOnce = 0;
  let max = 0;
  const result = await runBatch(20, 4, async (index) => {
    indexes.push(index);
    max = Math.max(max, ++atOnce);
    await new Promise((resolve) => setImmediate(resolve));
    atOnce--;
  });
  assert.deepEqual(
    indexes,
    Array.from({ length: 20 }, (_, index) => index),
  );
  assert.equal(max, 4);
  assert.ok(result.perSecond > 0 && result.p99Ms >= result.p50Ms);
});

test("a failed call ends the batch", async () => {
  const fail = async () => {
    throw new Error("not there");
  };
  await assert.rejects(runBatch(3, 2, fail), /not there/);
});
