import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { PaymentServiceDefinition } from "#protos/hipstershop.ts";
import { createClient } from "#runtime/client.ts";
import { makeTemporaryDir, waitForDrain } from "./fixtures/start-fixtures.ts";
import { startPlatform } from "./platform.ts";

const charge = {
  amount: { currencyCode: "USD", units: 12n, nanos: 340_000_000 },
  creditCard: {
    creditCardNumber: "4432-8015-6152-0454",
    creditCardCvv: 672,
    creditCardExpirationYear: 2039,
    creditCardExpirationMonth: 1,
  },
};

// A charge has side effects and is not idempotent: clients do not retry it.
test("answers every gRPC call that arrives while a function drains or is at zero", async (t) => {
  const platform = await startPlatform({
    ports: "free",
    dataDir: await makeTemporaryDir(t),
    logs: "ignore",
    idleWindowMs: 150,
  });
  t.after(() => platform.close());
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
