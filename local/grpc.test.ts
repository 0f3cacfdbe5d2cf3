import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { PaymentServiceDefinition } from "#protos/hipstershop.ts";
import { createClient } from "#runtime/client.ts";
import { charge } from "./fixtures/charge.ts";
import { startFunctions, waitForDrain } from "./fixtures/start-fixtures.ts";

test("answers every gRPC call that arrives while a function drains or is at zero", async (t) => {
  const platform = await startFunctions(t, { idleWindowMs: 150 });
  const payment = platform.function("paymentservice");
  const transactions = new Set<string>();
  const clients = [1, 2, 3].map(() => {
    const client = createClient(PaymentServiceDefinition, payment.address, { timeoutMs: 20_000 });
    t.after(() => client.close());
    return client;
  });
  const chargeAll = async () => {
    const charges = await Promise.all(clients.map((client) => client.charge(charge)));
    for (const { transactionId } of charges) transactions.add(transactionId);
  };
  const rounds = 6;
  for (let round = 0; round < rounds; round += 1) {
    await chargeAll();
    await waitForDrain(payment);
    // The calls of each round arrive at another moment of the drain.
    for (let turn = 0; turn < round; turn += 1) await nextTurn();
    await chargeAll();
    await payment.waitForState("zero");
  }
  assert.equal(transactions.size, 2 * rounds * clients.length);
  const { starts, lastCrash } = payment.snapshot();
  assert.ok(starts >= rounds, `${starts} starts`);
  assert.equal(lastCrash, null);
});
