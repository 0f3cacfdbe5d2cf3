import assert from "node:assert/strict";
import { test } from "node:test";
import { sample } from "./sample.ts";

const almostOne = 1 - Number.EPSILON / 2;

const draws = [
  { list: ["a", "b", "c"], count: 2, random: 0, drawn: ["a", "b"] },
  { list: ["a", "b", "c"], count: 2, random: almostOne, drawn: ["c", "b"] },
  { list: ["a", "b", "c"], count: 2, random: 0.5, drawn: ["b", "c"] },
  { list: ["a", "b"], count: 5, random: 0, drawn: ["a", "b"] },
  { list: [], count: 5, random: 0, drawn: [] },
  { list: ["a"], count: 0, random: 0, drawn: [] },
];

for (const { list, count, random, drawn } of draws) {
  test(`draws [${drawn}] as ${count} of [${list}] at ${random}`, () => {
    const before = [...list];
    assert.deepEqual(
      sample(list, count, () => random),
      drawn,
    );
    assert.deepEqual(list, before);
  });
}

test("draws every order of every choice equally often", () => {
  const counts = new Map<string, number>();
  // The 12 numbers in the middle of each twelfth, in all pairs: each of the 6 orders of 2 out of 3
  // gets a sixth of them exactly.
  const grid = Array.from({ length: 12 }, (_, index) => (index + 0.5) / 12);
  for (const first of grid) {
    for (const second of grid) {
      const numbers = [first, second];
      const order = sample(["a", "b", "c"], 2, () => numbers.shift() ?? 0).join("");
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
  }
  assert.deepEqual([...counts.values()], [24, 24, 24, 24, 24, 24]);
});
