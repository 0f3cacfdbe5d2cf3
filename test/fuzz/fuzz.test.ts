import assert from "node:assert/strict";
import { test } from "node:test";
import { fuzz } from "./fuzz.ts";
import { targets } from "./targets.ts";

const timeMs = 60_000;

// Other tests run at the same time: few inputs are in flight. A failure ends the test after its repetitions and its
// shortening, each of which is limited: all of that takes less than the timeout.
test("no random input crashes, hangs or fails the shop", { timeout: 170_000 }, async (t) => {
  const { inputs, failures } = await fuzz(targets, {
    ...{ inputs: Number.POSITIVE_INFINITY, timeMs, seed: Date.now() % 2 ** 31 },
    ...{ concurrency: 8, answerLimitMs: 15_000, shrinkMs: 15_000, signal: t.signal },
    print: (line) => t.diagnostic(line),
  });
  assert.deepEqual(failures, []);
  // A busy machine sends a few thousand.
  assert.ok(inputs >= 1000, `only ${inputs} inputs in ${timeMs} ms`);
});
