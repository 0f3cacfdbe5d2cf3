import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { type Order, OrderState } from "#protos/hipstershop.ts";
import { type StatusCode, StatusError } from "#runtime/status.ts";
import { type Changes, fail, startCheckout } from "../fixtures/start-checkout.ts";

const refusals = [
  ...(["INVALID_ARGUMENT", "FAILED_PRECONDITION", "OUT_OF_RANGE", "PERMISSION_DENIED"] as const),
  ...(["UNAUTHENTICATED", "UNIMPLEMENTED", "NOT_FOUND", "ALREADY_EXISTS"] as const),
] satisfies StatusCode[];

for (const code of refusals) {
  test(`a charge that ends with ${code} leaves no order`, async (t) => {
    const { order, client, counts } = await startCheckout(t, { charge: fail(code, "no") });
    await assert.rejects(order(), ({ info }: StatusError) => {
      assert.deepEqual(info, { reason: "NOTHING_CHARGED", metadata: {} });
      return true;
    });
    assert.deepEqual((await client.listOrders({ userId: "user" })).orders, []);
    assert.deepEqual(counts(), { charged: 0, refunded: 0, shipped: 0 });
  });
}

test("a charge that an overloaded function rejected leaves no order", async (t) => {
  const info = { reason: "OVERLOADED", metadata: {} };
  const { order, client, counts } = await startCheckout(t, {
    charge: () => {
      throw new StatusError("RESOURCE_EXHAUSTED", "busy", { info });
    },
  });
  await assert.rejects(order(), ({ code, info }: StatusError) => {
    assert.equal(code, "RESOURCE_EXHAUSTED");
    assert.deepEqual(info, { reason: "NOTHING_CHARGED", metadata: {} });
    return true;
  });
  assert.deepEqual((await client.listOrders({ userId: "user" })).orders, []);
  assert.deepEqual(counts(), nothing);
});

const unknown = [
  ...(["CANCELLED", "UNKNOWN", "DEADLINE_EXCEEDED", "RESOURCE_EXHAUSTED"] as const),
  ...(["ABORTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS"] as const),
] satisfies StatusCode[];

interface Outcome {
  readonly reason: string;
  readonly state: OrderState;
  readonly counts: { charged: number; refunded: number; shipped: number };
}

const nothing = { charged: 0, refunded: 0, shipped: 0 };
const refunded: Outcome = {
  reason: "REFUNDED",
  state: OrderState.ORDER_STATE_REFUNDED,
  counts: { ...nothing, refunded: 1 },
};
const failed: Outcome = {
  reason: "NOTHING_CHARGED",
  state: OrderState.ORDER_STATE_FAILED,
  counts: nothing,
};

for (const code of unknown) {
  const cases: [title: string, changes: Changes, outcome: Outcome][] = [
    ["a charge that was not made", { charge: fail(code, "lost") }, failed],
    [
      "a charge that was made",
      (ledger) => ({
        charge: (request) => {
          ledger.charge(request);
          return fail(code, "lost")();
        },
      }),
      refunded,
    ],
    ["a shipment that was not made", { shipOrder: fail(code, "lost") }, refunded],
    [
      "a shipment that was made",
      (ledger) => ({
        shipOrder: (request) => {
          ledger.shipOrder(request);
          return fail(code, "lost")();
        },
      }),
      refunded,
    ],
  ];
  for (const [title, changes, outcome] of cases) {
    test(`undoes an order if ${code} is the result of ${title}`, async (t) => {
      const { order, client, counts, cart, methods } = await startCheckout(t, changes);
      const requestId = randomUUID();
      const expectOutcome = async () => {
        let orderId = "";
        await assert.rejects(order({ requestId }, 15_000), ({ info }: StatusError) => {
          orderId = info?.metadata.order_id ?? "";
          assert.equal(info?.reason, outcome.reason);
          return true;
        });
        return client.getOrder({ userId: "user", orderId });
      };
      const { state, failure }: Order = await expectOutcome();
      assert.equal(state, outcome.state);
      assert.match(failure, /lost$/);
      assert.deepEqual(counts(), outcome.counts);
      assert.equal(cart.items().length, 2);
      const before = methods().filter((method) => method !== "getCart").length;
      await expectOutcome();
      assert.equal(methods().filter((method) => method !== "getCart").length, before);
    });
  }
}

test("a charge that is refused at its second attempt may have been made by the first", async (t) => {
  let attempts = 0;
  const { order, counts } = await startCheckout(t, (ledger) => ({
    charge: (request) => {
      attempts += 1;
      if (attempts > 1) return fail("INVALID_ARGUMENT", "expired")();
      ledger.charge(request);
      return fail("UNAVAILABLE", "lost")();
    },
  }));
  await assert.rejects(order(), ({ info }: StatusError) => info?.reason === "REFUNDED");
  assert.deepEqual(counts(), { charged: 0, refunded: 1, shipped: 0 });
});

test("a charge that hangs is undone after half of the lease, and forbidden then", async (t) => {
  const mayAnswer = Promise.withResolvers<void>();
  const late = Promise.withResolvers<string>();
  const { order, counts } = await startCheckout(
    t,
    (ledger) => ({
      charge: async (request) => {
        await mayAnswer.promise;
        try {
          return ledger.charge(request);
        } catch (error) {
          late.resolve((error as StatusError).code);
          throw error;
        }
      },
    }),
    { leaseMs: 400 },
  );
  await assert.rejects(order(), ({ info }: StatusError) => info?.reason === "NOTHING_CHARGED");
  mayAnswer.resolve();
  assert.equal(await late.promise, "ABORTED");
  assert.deepEqual(counts(), nothing);
});

test("a caller whose deadline is near is told that the outcome is pending", async (t) => {
  const mayAnswer = Promise.withResolvers<void>();
  const { order, counts } = await startCheckout(t, (ledger) => ({
    charge: async (request) => {
      await mayAnswer.promise;
      return ledger.charge(request);
    },
  }));
  const requestId = randomUUID();
  const isPending = ({ info }: StatusError) => info?.reason === "OUTCOME_PENDING";
  await Promise.all([
    assert.rejects(order({ requestId }, 800), isPending),
    assert.rejects(order({ requestId }, 900), isPending),
  ]);
  mayAnswer.resolve();
  assert.ok((await order({ requestId })).order);
  assert.deepEqual(counts(), { charged: 1, refunded: 0, shipped: 1 });
});
