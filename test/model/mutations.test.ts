import assert from "node:assert/strict";
import { test } from "node:test";
import { checkModel } from "./check-model.ts";
import { mutations } from "./mutations.ts";
import type { Run } from "./steps.ts";

// A fixed seed, so that each defect is found by the same run.
const seed = 42;
const runs = 3000;

// A defect that random runs find only after several thousand.
const examples: Readonly<Record<string, Run>> = {
  "the charge is refunded before the shipment is known to be cancelled": {
    hasFaults: true,
    steps: [
      { do: "order", user: 0, form: 0, hasGoodCard: true, instance: 0, patienceMs: 60_000 },
      { do: "continue", count: 26 },
      // The answer of ShipOrder, then the request of CancelShipment.
      { do: "fail", at: "effect", pick: 0 },
      { do: "continue", count: 2 },
      { do: "lose", at: "effect", pick: 0 },
    ],
  },
};

for (const [name, mutation] of Object.entries(mutations)) {
  test(`finds the defect: ${name}`, async (t) => {
    const example = examples[name];
    const result = await checkModel({
      runs,
      seed,
      mutation,
      examples: example ? [example] : [],
      isShortened: false,
    });
    assert.ok(result.failure, `no violation in ${runs} runs`);
    t.diagnostic(`run ${result.runs} violates: ${result.failure.error.violated.join("; ")}`);
  });
}
