import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandom } from "#measure/random.ts";
import { planSamples } from "./plan.ts";

const conditions = ["a", "b", "c"];

test("each repetition contains every condition once, in orders that differ", () => {
  const plan = planSamples(conditions, 40, createRandom(1));
  assert.deepEqual(
    plan.map(({ sample }) => sample),
    plan.map((_, index) => index),
  );
  const orders = new Map<string, number>();
  for (let repetition = 0; repetition < 40; repetition++) {
    const block = plan.filter((each) => each.repetition === repetition);
    const order = block.map(({ condition }) => condition);
    assert.deepEqual([...order].sort(), conditions);
    orders.set(order.join(), (orders.get(order.join()) ?? 0) + 1);
  }
  assert.equal(orders.size, 6, "all six orders occur");
  assert.ok(Math.max(...orders.values()) < 20, "no order is preferred");
});

test("the same seed gives the same plan, another seed another order", () => {
  const plan = (seed: number) => planSamples(conditions, 10, createRandom(seed));
  assert.deepEqual(plan(7), plan(7));
  assert.notDeepEqual(plan(7), plan(8));
});
