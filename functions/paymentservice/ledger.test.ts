import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { type TestContext, test } from "node:test";
import { PaymentServiceDefinition } from "#protos/hipstershop.ts";
import { createClient } from "#runtime/client.ts";
import { serveForTest } from "#runtime/fixtures/serve-for-test.ts";
import { configureLog } from "#runtime/log.ts";
import { implement } from "#runtime/rpc.ts";
import { recordStoresForTest } from "#runtime/store/fixtures/record-stores.ts";
import { createLedger } from "./ledger.ts";
import { createPaymentService } from "./service.ts";

const amount = { currencyCode: "USD", units: 28n, nanos: 980_000_000 };
const creditCard = {
  creditCardNumber: "4432-8015-6152-0454",
  creditCardCvv: 672,
  creditCardExpirationYear: 2030,
  creditCardExpirationMonth: 1,
};
const otherAmounts = [
  { ...amount, nanos: 980_000_001 },
  { ...amount, units: 29n },
  { ...amount, currencyCode: "EUR" },
];
const dayMs = 24 * 3_600_000;
const options = { name: "transactions", format: 1 } as const;

for (const { name, skip, open } of await recordStoresForTest()) {
  const it = (title: string, work: (t: TestContext) => Promise<void>) =>
    test(`${name}: ${title}`, { skip }, async (t) => {
      lines.length = 0;
      await work(t);
    });
  const lines: string[] = [];
  const count = (message: string) =>
    lines.filter((line) => line.includes(`"message":"${message}"`)).length;

  /** Starts an instance of the service; a second one in a test has the same ledger. */
  const startInstance = async (t: TestContext, now = () => new Date(2026, 10, 24).getTime()) => {
    // The records' expiry is in the real future, since Redis has its own clock.
    const store = open(t, { ...options, now: Date.now });
    const ledger = createLedger({ store, retentionMs: 90 * dayMs, now: Date.now });
    const service = createPaymentService({ ledger, now, newTransactionId: randomUUID });
    const server = await serveForTest({ services: [implement(PaymentServiceDefinition, service)] });
    configureLog({ write: (line) => lines.push(line) });
    t.after(() => server.close());
    const client = createClient(PaymentServiceDefinition, server.address);
    t.after(() => client.close());
    return { client, store };
  };

  it("a transaction id is charged once, also by a new instance and in upper case", async (t) => {
    const transactionId = randomUUID();
    const { client } = await startInstance(t);
    const first = await client.charge({ amount, creditCard, transactionId });
    assert.deepEqual(first, { transactionId });
    const next = (await startInstance(t)).client;
    const upper = transactionId.toUpperCase();
    assert.deepEqual(await next.charge({ amount, creditCard, transactionId: upper }), first);
    for (const other of otherAmounts) {
      const charge = client.charge({ amount: other, creditCard, transactionId });
      await assert.rejects(charge, { code: "FAILED_PRECONDITION", message: /not .*2[89]\./ });
    }
    assert.equal(count("card charged"), 1);
  });

  it("charges of two instances at the same time are one charge", async (t) => {
    const clients = [(await startInstance(t)).client, (await startInstance(t)).client];
    const transactionId = randomUUID();
    const calls = Array.from({ length: 10 }, (_, index) =>
      clients[index % 2]?.charge({ amount, creditCard, transactionId }),
    );
    for (const response of await Promise.all(calls)) assert.deepEqual(response, { transactionId });
    assert.equal(count("card charged"), 1);
  });

  it("a refused card does not use the id up", async (t) => {
    const { client, store } = await startInstance(t);
    const transactionId = randomUUID();
    const bad = { ...creditCard, creditCardNumber: "4432801561520455" };
    const refused = client.charge({ amount, creditCard: bad, transactionId });
    await assert.rejects(refused, { code: "INVALID_ARGUMENT" });
    assert.equal(await store.get(transactionId), undefined);
    await client.charge({ amount, creditCard, transactionId });
  });

  it("a card that expired after its charge does not change the answer", async (t) => {
    const transactionId = randomUUID();
    await (await startInstance(t)).client.charge({ amount, creditCard, transactionId });
    const later = await startInstance(t, () => new Date(2040, 0).getTime());
    const repeated = later.client.charge({ amount, creditCard, transactionId });
    assert.deepEqual(await repeated, { transactionId });
  });

  it("a charge is refunded once, and is not made again", async (t) => {
    const { client } = await startInstance(t);
    const { transactionId } = await client.charge({ amount, creditCard });
    for (const other of otherAmounts) {
      const refund = client.refund({ transactionId, amount: other });
      await assert.rejects(refund, { code: "FAILED_PRECONDITION" });
    }
    const clients = [client, (await startInstance(t)).client];
    const refunds = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        clients[index % 2]?.refund({ transactionId, amount }),
      ),
    );
    const [first] = refunds;
    assert.match(first?.refundId ?? "", /^[\da-f]{8}-[\da-f]{4}-5/);
    for (const refund of refunds) assert.deepEqual(refund, first);
    const other = client.refund({ transactionId, amount: { ...amount, units: 1n } });
    await assert.rejects(other, { code: "FAILED_PRECONDITION" });
    const charge = client.charge({ amount, creditCard, transactionId });
    await assert.rejects(charge, {
      code: "ABORTED",
      message: /was refunded: charge with a new id/,
    });
    assert.equal(count("charge refunded"), 1);
  });

  it("a refund of an unknown id forbids the charge, and refunds nothing", async (t) => {
    const { client } = await startInstance(t);
    const transactionId = randomUUID();
    assert.deepEqual(await client.refund({ transactionId, amount }), { refundId: "" });
    const next = (await startInstance(t)).client;
    assert.deepEqual(await next.refund({ transactionId, amount }), { refundId: "" });
    const other = next.refund({ transactionId, amount: { ...amount, units: 1n } });
    await assert.rejects(other, { code: "FAILED_PRECONDITION" });
    const late = next.charge({ amount, creditCard, transactionId });
    await assert.rejects(late, { code: "ABORTED", message: /was voided by a refund/ });
    assert.equal(count("card charged") + count("charge refunded"), 0);
  });

  it("a charge and a refund at the same time leave either a refund or no charge", async (t) => {
    const clients = [(await startInstance(t)).client, (await startInstance(t)).client];
    for (let round = 0; round < 10; round += 1) {
      const transactionId = randomUUID();
      const [charge, refund] = await Promise.allSettled([
        clients[round % 2]?.charge({ amount, creditCard, transactionId }),
        clients[(round + 1) % 2]?.refund({ transactionId, amount }),
      ]);
      assert.ok(refund.status === "fulfilled");
      const isRefunded = refund.value?.refundId !== "";
      assert.equal(isRefunded, charge.status === "fulfilled");
    }
  });

  it("records hold no data of the card, and keep fields that this release does not know", async (t) => {
    const { client, store } = await startInstance(t);
    const { transactionId } = await client.charge({ amount, creditCard });
    const text = (await store.get(transactionId)) ?? "";
    const { changedAtMs, ...record } = JSON.parse(text);
    const stored = { currencyCode: "USD", units: "28", nanos: 980_000_000 };
    assert.deepEqual(record, { format: 1, state: "charged", amount: stored });
    const newer = JSON.stringify({ ...record, changedAtMs, installments: 3 });
    const write = { value: newer, expiresAtMs: Date.now() + dayMs, tags: [], sortMs: 1 };
    await store.replace(transactionId, text, write);
    await client.refund({ transactionId, amount });
    const { state, installments } = JSON.parse((await store.get(transactionId)) ?? "");
    assert.deepEqual([state, installments], ["refunded", 3]);
  });

  it("a damaged record is DATA_LOSS, without its text", async (t) => {
    const { client, store } = await startInstance(t);
    const loss = { code: "DATA_LOSS", message: "the stored transaction is damaged" };
    for (const value of ["no JSON", '{"state":"charged"}', '"charged"']) {
      const transactionId = randomUUID();
      const write = { value, expiresAtMs: Date.now() + dayMs, tags: [], sortMs: 1 };
      await store.replace(transactionId, undefined, write);
      await assert.rejects(client.charge({ amount, creditCard, transactionId }), loss);
      await assert.rejects(client.refund({ transactionId, amount }), loss);
    }
  });
}
