import type { OrderStep, Run } from "./steps.ts";

function order(changes: Partial<OrderStep> = {}): OrderStep {
  const step = { user: 0, form: 0, hasGoodCard: true, instance: 0, patienceMs: 60_000 };
  return { do: "order", ...step, ...changes };
}

/** Runs that violated an invariant before the rule that their name states was followed. */
export const counterexamples: Readonly<Record<string, Run>> = {
  // The first of three calls does not get its cart; meanwhile the others place the order.
  "a call that cannot be prepared is answered with the order of an equal call": {
    hasFaults: true,
    steps: [
      order(),
      { do: "run", pick: 0 },
      { do: "lose", at: "any", pick: 0 },
      order({ patienceMs: 3000 }),
      { do: "run", pick: 0 },
    ],
  },
  // The order has no request id, and another process takes it over; then the journal cannot be read.
  "a charged order is not answered as not charged if the journal fails": {
    hasFaults: true,
    steps: [
      order({ form: undefined, instance: 1, patienceMs: 3000 }),
      { do: "continue", count: 20 },
      { do: "drain", instance: 1 },
      { do: "continue", count: 13 },
      { do: "fail", at: "any", pick: 0 },
      { do: "fail", at: "effect", pick: 0 },
    ],
  },
  // The dead letter and the operator's resend come while checkout waits for the cart.
  "a confirmation that is sent again does not count an earlier delivery": {
    hasFaults: true,
    steps: [
      order(),
      { do: "continue", count: 29 },
      { do: "lose", at: "effect", pick: 0 },
      { do: "continue", count: 1 },
      { do: "fail", at: "effect", pick: 0 },
      { do: "continue", count: 6 },
      { do: "resend", instance: 0 },
    ],
  },
};
