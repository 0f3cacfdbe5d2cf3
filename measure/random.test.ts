import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandom } from "./random.ts";

test("the same seed draws the same numbers, and its streams differ", () => {
  const draw = (seed: number, stream: number) =>
    Array.from({ length: 5 }, createRandom(seed, stream));
  assert.deepEqual(draw(7, 3), draw(7, 3));
  assert.notDeepEqual(draw(7, 3), draw(7, 4));
  assert.notDeepEqual(draw(7, 3), draw(8, 3));
});

test("draws are uniform", () => {
  const random = createRandom(5);
  const bins = new Array<number>(10).fill(0);
  for (let draw = 0; draw < 10_000; draw++) {
    const bin = Math.floor(random() * 10);
    bins[bin] = (bins[bin] ?? 0) + 1;
  }
  const chiSquare = bins.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
  assert.ok(chiSquare < 27.9, `chi-square ${chiSquare}`);
});
