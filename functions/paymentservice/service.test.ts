import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { type TestContext, test } from "node:test";
import { PaymentServiceDefinition } from "#protos/hipstershop.ts";
import { createClient } from "#runtime/client.ts";
import { serveForTest } from "#runtime/fixtures/serve-for-test.ts";
import { configureLog } from "#runtime/log.ts";
import { renderMetrics } from "#runtime/metrics.ts";
import { implement } from "#runtime/rpc.ts";
import { createMemoryRecordStore } from "#runtime/store/fixtures/memory-record-store.ts";
import { createLedger } from "./ledger.ts";
import { createPaymentService } from "./service.ts";

async function openClient(t: TestContext) {
  const now = () => new Date(2026, 10, 24).getTime();
  const store = createMemoryRecordStore({ now });
  const ledger = createLedger({ store, retentionMs: 3_600_000, now });
  const service = createPaymentService({ ledger, now, newTransactionId: randomUUID });
  const server = await serveForTest({ services: [implement(PaymentServiceDefinition, service)] });
  t.after(() => server.close());
  const client = createClient(PaymentServiceDefinition, server.address);
  t.after(() => client.close());
  return client;
}

const amount = { currencyCode: "USD", units: 28n, nanos: 980_000_000 };
const creditCard = {
  creditCardNumber: "4432-8015-6152-0454",
  creditCardCvv: 672,
  creditCardExpirationYear: 2030,
  creditCardExpirationMonth: 1,
};

test("returns a new UUID of version 4 for each charge", async (t) => {
  const client = await openClient(t);
  const first = await client.charge({ amount, creditCard });
  const second = await client.charge({ amount, creditCard });
  assert.match(first.transactionId, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab]/);
  assert.notEqual(first.transactionId, second.transactionId);
});

test("rejects a card with INVALID_ARGUMENT and Online Boutique's message", async (t) => {
  const client = await openClient(t);
  const expired = { ...creditCard, creditCardExpirationYear: 2020 };
  await assert.rejects(client.charge({ amount, creditCard: expired }), {
    code: "INVALID_ARGUMENT",
    message: "Your credit card (ending 0454) expired on 1/2020",
  });
  await assert.rejects(client.charge({ amount, creditCard: undefined }), {
    code: "INVALID_ARGUMENT",
    message: "credit_card is missing",
  });
});

const badAmounts = [
  { amount: undefined, message: "amount is missing: expected an amount of money" },
  { amount: { ...amount, units: 0n, nanos: 0 }, message: /^amount is \$0\.00: expected more/ },
  { amount: { ...amount, units: -1n, nanos: 0 }, message: /^amount is -\$1\.00: expected more/ },
  { amount: { ...amount, nanos: -1 }, message: /expected the same sign in both/ },
  { amount: { ...amount, currencyCode: "" }, message: /^amount\.currency_code is "": expected/ },
];

for (const { amount, message } of badAmounts) {
  test(`rejects a charge and a refund with ${message}`, async (t) => {
    const client = await openClient(t);
    const refusal = { code: "INVALID_ARGUMENT", message };
    await assert.rejects(client.charge({ amount, creditCard }), refusal);
    await assert.rejects(client.refund({ transactionId: randomUUID(), amount }), refusal);
  });
}

test("rejects a charge with a malformed transaction id", async (t) => {
  const client = await openClient(t);
  for (const transactionId of ["", "42"]) {
    await assert.rejects(client.charge({ amount, creditCard, transactionId }), {
      code: "INVALID_ARGUMENT",
      message: `transaction_id is "${transactionId}": expected a UUID`,
    });
  }
});

test("counts a charge and its refund once, and no charge that was never made", async (t) => {
  const client = await openClient(t);
  const count = async (name: string) => {
    const { body } = await renderMetrics();
    const line = body.split("\n").find((each) => each.startsWith(name)) ?? "0";
    return Number(line.split(" ").at(-1));
  };
  const names = ['shop_payments_total{card_brand="visa"}', "shop_refunds_total"];
  const before = await Promise.all(names.map(count));
  const transactionId = randomUUID();
  for (const _ of [1, 2]) await client.charge({ amount, creditCard, transactionId });
  for (const _ of [1, 2]) await client.refund({ transactionId, amount });
  for (const _ of [1, 2]) await client.refund({ transactionId: randomUUID(), amount });
  const counts = await Promise.all(names.map(count));
  assert.deepEqual(
    counts.map((value, index) => value - (before[index] ?? 0)),
    [1, 1],
  );
});

test("rejects a refund without a transaction id", async (t) => {
  const client = await openClient(t);
  await assert.rejects(client.refund({ transactionId: "42", amount }), {
    code: "INVALID_ARGUMENT",
    message: 'transaction_id is "42": expected the UUID that Charge returned',
  });
});

test("logs neither the number nor the CVV of a card", async (t) => {
  const client = await openClient(t);
  const lines: string[] = [];
  configureLog({ write: (line) => lines.push(line) });
  t.after(() => configureLog({ write: () => undefined }));
  await client.charge({ amount, creditCard });
  await assert.rejects(
    client.charge({ amount, creditCard: { ...creditCard, creditCardNumber: "4432801561520455" } }),
  );
  const text = lines.join("");
  assert.match(text, /"card_last_four":"0454"/);
  assert.match(text, /Credit card info is invalid/);
  assert.doesNotMatch(text, /4432-?8015/);
  assert.doesNotMatch(text, /:"?672\b/);
});
