import assert from "node:assert/strict";
import { test } from "node:test";
import { PaymentServiceDefinition } from "#protos/hipstershop.ts";
import { createClient } from "#runtime/client.ts";
import { makeTemporaryDir } from "./fixtures/start-fixtures.ts";
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

// Charging is neither free of side effects nor idempotent: no client would ever repeat it.
test("no gRPC call is lost over scale to zero and back, at whatever moment it comes", async (t) => {
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
  for (let round = 0; round < 12; round += 1) {
    const charges = await Promise.all(clients.map((client) => client.charge(charge)));
    for (const { transactionId } of charges) transactions.add(transactionId);
    // Around the end of the window, each time at another moment of the drain.
    await new Promise((resolve) => setTimeout(resolve, 140 + ((round * 7) % 60)));
  }
  assert.equal(transactions.size, 36);
  const { starts, lastCrash } = payment.snapshot();
  assert.ok(starts > 3, `it was stopped ${starts - 1} times`);
  assert.equal(lastCrash, null);
});
