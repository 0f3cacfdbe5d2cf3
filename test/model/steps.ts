import * as fc from "fast-check";

/** The functions whose processes the model crashes. */
export const crashing = ["checkout 1", "checkout 2", "payment", "shipping", "cart"] as const;

/** The calls of a visitor that orders. */
export interface OrderStep {
  /** Sends an order form; the same user and form again is the same form sent again. */
  readonly do: "order";
  /** Which visitor: 0 or 1. */
  readonly user: number;
  /** Which form of the visitor; undefined for a call without a request id. */
  readonly form: number | undefined;
  /** Whether the card is accepted. */
  readonly hasGoodCard: boolean;
  /** Which instance of checkout gets the call: 0 or 1. */
  readonly instance: number;
  /** Milliseconds that the visitor waits. */
  readonly patienceMs: number;
}

/** One step of a run. `pick` chooses among what can happen. */
export type Step =
  | OrderStep
  /** Lets one task happen. */
  | { readonly do: "run"; readonly pick: number }
  /** Lets several tasks happen in their order, up to the given number. */
  | { readonly do: "continue"; readonly count: number }
  /** Adds a product to a cart. */
  | { readonly do: "add"; readonly user: number; readonly product: number }
  /** Raises the price of a product. */
  | { readonly do: "price"; readonly product: number }
  /** Kills a process; with `isMidOrder` only if it works on an order. */
  | {
      readonly do: "crash";
      readonly process: number;
      readonly losesMessages: boolean;
      readonly isMidOrder: boolean;
    }
  /** Ends the leases of an instance of checkout, which shuts down. */
  | { readonly do: "drain"; readonly instance: number }
  /** Calls Sweep of an instance of checkout. */
  | { readonly do: "sweep"; readonly instance: number }
  /** Asks for an order of a visitor. */
  | { readonly do: "look"; readonly user: number; readonly instance: number }
  /** Sends the confirmations again that failed for good. */
  | { readonly do: "resend"; readonly instance: number }
  /** Removes the personal data of the orders that are finished. */
  | { readonly do: "forget"; readonly instance: number }
  /** Moves the clock. */
  | { readonly do: "advance"; readonly ms: number }
  /** Lets a task fail, get lost, happen twice or late: any, or one of a call that has an effect. */
  | {
      readonly do: "fail" | "lose" | "repeat" | "late";
      readonly at: "any" | "effect";
      readonly pick: number;
    }
  /** A visitor gives up waiting for an answer. */
  | { readonly do: "cancel"; readonly pick: number };

/** A run of the model. */
export interface Run {
  /** Whether processes crash and messages fail, get lost or are very late. */
  readonly hasFaults: boolean;
  /** What happens before everything works again. */
  readonly steps: readonly Step[];
}

const pick = fc.nat({ max: 15 });
const at = fc.constantFrom("any", "effect", "effect");
const either = fc.nat({ max: 1 });

const order = fc.record<OrderStep>({
  do: fc.constant("order"),
  user: fc.oneof(
    { weight: 3, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.constant(1) },
  ),
  form: fc.oneof(
    { weight: 6, arbitrary: fc.constant(0) },
    { weight: 3, arbitrary: fc.constant(1) },
    { weight: 1, arbitrary: fc.constant(undefined) },
  ),
  hasGoodCard: fc.oneof(
    { weight: 9, arbitrary: fc.constant(true) },
    { weight: 1, arbitrary: fc.constant(false) },
  ),
  instance: either,
  patienceMs: fc.constantFrom(3000, 10_000, 60_000),
});

const harmless: fc.WeightedArbitrary<Step>[] = [
  { weight: 10, arbitrary: order },
  { weight: 60, arbitrary: fc.record({ do: fc.constant("run"), pick }) },
  {
    weight: 20,
    arbitrary: fc.record({ do: fc.constant("continue"), count: fc.integer({ min: 2, max: 40 }) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant("add"), user: either, product: either }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("price"), product: either }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("sweep"), instance: either }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("look"), user: either, instance: either }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("repeat"), at, pick }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("advance"), ms: fc.constantFrom(1, 50) }) },
];

const faults: fc.WeightedArbitrary<Step>[] = [
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant("crash"),
      // Mostly checkout, whose steps the journal protects.
      process: fc.oneof(
        { weight: 4, arbitrary: either },
        { weight: 1, arbitrary: fc.nat({ max: crashing.length - 1 }) },
      ),
      losesMessages: fc.boolean(),
      // Otherwise most crashes would happen at the start of a process or of a call.
      isMidOrder: fc.constantFrom(true, true, true, false),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("advance"),
      ms: fc.constantFrom(1000, 3000, 5000, 10_000, 21_000),
    }),
  },
  { weight: 9, arbitrary: fc.record({ do: fc.constantFrom("fail", "lose", "late"), at, pick }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("cancel"), pick }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("drain"), instance: either }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("forget"), instance: either }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("resend"), instance: either }) },
];

function runs(hasFaults: boolean, maxSteps: number): fc.Arbitrary<Run> {
  const step = fc.oneof(...harmless, ...(hasFaults ? faults : []));
  const steps = fc.array(step, { minLength: 1, maxLength: maxSteps, size: "max" });
  return fc.record({ hasFaults: fc.constant(hasFaults), steps });
}

// One order to which much happens.
const focused: fc.Arbitrary<Run> = fc
  .tuple(
    order,
    fc.array(
      fc.oneof(
        { weight: 8, arbitrary: fc.record({ do: fc.constant("continue"), count: fc.nat(30) }) },
        ...faults,
        { weight: 3, arbitrary: order },
      ),
      { minLength: 1, maxLength: 20, size: "max" },
    ),
  )
  .map(([first, steps]) => ({ hasFaults: true, steps: [first, ...steps] }));

/** Random runs: short ones, long ones with several orders, and some without faults. */
export const anyRun: fc.Arbitrary<Run> = fc.oneof(
  { weight: 4, arbitrary: focused },
  { weight: 3, arbitrary: runs(true, 120) },
  { weight: 1, arbitrary: runs(false, 60) },
);
