import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { InFlight } from "./in-flight.ts";

function waitForFirst(t: TestContext) {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const inFlight = new InFlight();
  let isOver = false;
  void inFlight.afterFirst(1000).then(() => {
    isOver = true;
  });
  const isOverAfter = async (ms: number) => {
    t.mock.timers.tick(ms);
    await nextTurn();
    return isOver;
  };
  return { inFlight, isOverAfter };
}

test("work after the first answer starts 10 ms after the end of the first request", async (t) => {
  const { inFlight, isOverAfter } = waitForFirst(t);
  inFlight.start();
  inFlight.start();
  assert.equal(await isOverAfter(999), false);
  inFlight.end();
  assert.equal(await isOverAfter(0), false, "its answer is not sent yet");
  assert.equal(await isOverAfter(10), true);
});

test("work after the first answer waits for a request that is slow", async (t) => {
  const { inFlight, isOverAfter } = waitForFirst(t);
  inFlight.start();
  assert.equal(await isOverAfter(5000), false);
  inFlight.end();
  await isOverAfter(0);
  assert.equal(await isOverAfter(10), true);
});

test("work after the first answer starts after a second without a request", async (t) => {
  const { isOverAfter } = waitForFirst(t);
  assert.equal(await isOverAfter(999), false);
  await isOverAfter(1);
  assert.equal(await isOverAfter(10), true);
});
