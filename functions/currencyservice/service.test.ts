import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { CurrencyServiceDefinition } from "#protos/hipstershop.ts";
import { createClient } from "#runtime/client.ts";
import { serveForTest } from "#runtime/fixtures/serve-for-test.ts";
import { implement } from "#runtime/rpc.ts";
import { shopRates } from "./rates.ts";
import { createCurrencyService } from "./service.ts";

async function openClient(t: TestContext) {
  const service = createCurrencyService({ rates: shopRates });
  const server = await serveForTest({ services: [implement(CurrencyServiceDefinition, service)] });
  t.after(() => server.close());
  const client = createClient(CurrencyServiceDefinition, server.address);
  t.after(() => client.close());
  return client;
}

const dollar = { currencyCode: "USD", units: 1n, nanos: 0 };

test("the supported currencies come in the order of the file", async (t) => {
  const client = await openClient(t);
  const { currencyCodes } = await client.getSupportedCurrencies({});
  assert.equal(currencyCodes.length, 33);
  assert.deepEqual(currencyCodes.slice(0, 4), ["EUR", "USD", "JPY", "BGN"]);
});

test("an amount converts over the wire, a negative one too", async (t) => {
  const client = await openClient(t);
  const shipping = { currencyCode: "USD", units: 8n, nanos: 990_000_000 };
  assert.deepEqual(await client.convert({ from: shipping, toCode: "GBP" }), {
    currencyCode: "GBP",
    units: 6n,
    nanos: 836_535_161,
  });
  const debt = { currencyCode: "USD", units: -1n, nanos: 0 };
  assert.deepEqual(await client.convert({ from: debt, toCode: "USD" }), debt);
});

test("an unknown currency is INVALID_ARGUMENT with its code, never a free shop", async (t) => {
  const client = await openClient(t);
  await assert.rejects(client.convert({ from: dollar, toCode: "AED" }), {
    code: "INVALID_ARGUMENT",
    message: 'to_code is "AED": no such currency (GetSupportedCurrencies lists the 33)',
  });
  await assert.rejects(client.convert({ from: undefined, toCode: "EUR" }), {
    code: "INVALID_ARGUMENT",
    message: "from is missing: expected an amount of money",
  });
  await assert.rejects(client.convert({ from: { ...dollar, units: 2n ** 62n }, toCode: "IDR" }), {
    code: "OUT_OF_RANGE",
  });
});

test("a batch answers in the order of its amounts", async (t) => {
  const client = await openClient(t);
  const from = [dollar, { currencyCode: "EUR", units: 2n, nanos: 0 }];
  const { results } = await client.convertBatch({ from, toCode: "EUR" });
  assert.deepEqual(results, [
    { currencyCode: "EUR", units: 0n, nanos: 884_564_352 },
    { currencyCode: "EUR", units: 2n, nanos: 0 },
  ]);
  assert.deepEqual(await client.convertBatch({ from: [], toCode: "EUR" }), { results: [] });
});

test("one bad amount refuses the batch and is named", async (t) => {
  const client = await openClient(t);
  const bad = { currencyCode: "XXX", units: 1n, nanos: 0 };
  await assert.rejects(client.convertBatch({ from: [dollar, bad], toCode: "EUR" }), {
    code: "INVALID_ARGUMENT",
    message: /^from\[1\]\.currency_code is "XXX"/,
  });
  await assert.rejects(client.convertBatch({ from: [], toCode: "nope" }), {
    code: "INVALID_ARGUMENT",
  });
  const many = Array.from({ length: 1001 }, () => dollar);
  await assert.rejects(client.convertBatch({ from: many, toCode: "EUR" }), {
    code: "INVALID_ARGUMENT",
    message: "from has 1001 entries: expected at most 1000",
  });
});
