import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { test } from "node:test";
import { pause } from "./pause.ts";

test("ends after its time, and leaves nothing at the signal", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { signal } = new AbortController();
  let hasEnded = false;
  const paused = pause(1000, signal).then(() => {
    hasEnded = true;
  });
  t.mock.timers.tick(999);
  await Promise.resolve();
  assert.equal(hasEnded, false);
  t.mock.timers.tick(1);
  await paused;
  assert.deepEqual(getEventListeners(signal, "abort"), []);
});

test("ends at once when the signal aborts, or has aborted before", {
  timeout: 10_000,
}, async () => {
  const controller = new AbortController();
  const paused = pause(3_600_000, controller.signal);
  controller.abort();
  await paused;
  await pause(3_600_000, controller.signal);
  assert.deepEqual(getEventListeners(controller.signal, "abort"), []);
});
