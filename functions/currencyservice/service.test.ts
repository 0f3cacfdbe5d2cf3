import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { CurrencyServiceDefinition } from "#protos/hipstershop.ts";
import { createClient } from "#runtime/client.ts";
import { createCallContext } from "#runtime/fixtures/request-context.ts";
import { serveForTest } from "#runtime/fixtures/serve-for-test.ts";
import { implement } from "#runtime/rpc.ts";
import { type Rates, shopRates } from "./rates.ts";
import { createCurrencyService } from "./service.ts";

async function openClient(t: TestContext) {
  const service = createCurrencyService(shopRates);
  const server = await serveForTest({ services: [implement(CurrencyServiceDefinition, service)] });
  t.after(() => server.close());
  const client = createClient(CurrencyServiceDefinition, server.address);
  t.after(() => client.close());
  return client;
}

const dollar = { currencyCode: "USD", units: 1n, nanos: 0 };

test("lists the supported currencies in the order of the file", async (t) => {
  const client = await openClient(t);
  const { currencyCodes } = await client.getSupportedCurrencies({});
  assert.equal(currencyCodes.length, 33);
  assert.deepEqual(currencyCodes.slice(0, 4), ["EUR", "USD", "JPY", "BGN"]);
});

test("converts positive and negative amounts", async (t) => {
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

test("rejects an unknown currency with INVALID_ARGUMENT and its code", async (t) => {
  const client = await openClient(t);
  await assert.rejects(client.convert({ from: dollar, toCode: "AED" }), {
    code: "INVALID_ARGUMENT",
    message: 'to_code is "AED": expected one of the 33 codes of GetSupportedCurrencies',
  });
  await assert.rejects(client.convert({ from: undefined, toCode: "EUR" }), {
    code: "INVALID_ARGUMENT",
    message: "from is missing: expected an amount of money",
  });
  await assert.rejects(client.convert({ from: { ...dollar, units: 2n ** 62n }, toCode: "IDR" }), {
    code: "OUT_OF_RANGE",
  });
});

test("converts a batch in the order of its amounts", async (t) => {
  const client = await openClient(t);
  const from = [dollar, { currencyCode: "EUR", units: 2n, nanos: 0 }];
  const { results } = await client.convertBatch({ from, toCode: "EUR" });
  assert.deepEqual(results, [
    { currencyCode: "EUR", units: 0n, nanos: 884_564_352 },
    { currencyCode: "EUR", units: 2n, nanos: 0 },
  ]);
  assert.deepEqual((await client.convertBatch({ from: [], toCode: "EUR" })).results, []);
});

test("returns the supported currencies with a batch", async (t) => {
  const client = await openClient(t);
  const { currencyCodes } = await client.convertBatch({ from: [dollar], toCode: "EUR" });
  assert.deepEqual(currencyCodes, (await client.getSupportedCurrencies({})).currencyCodes);
});

test("allows to use all responses again, with one version for the same rates", async () => {
  const versionOf = async (rates: Rates) => {
    const service = createCurrencyService(rates);
    const { context, policies } = createCallContext();
    await service.getSupportedCurrencies({}, context);
    await service.convert({ from: dollar, toCode: "EUR" }, context);
    await service.convertBatch({ from: [dollar], toCode: "EUR" }, context);
    const [policy, ...others] = policies;
    assert.deepEqual(others, [policy, policy]);
    assert.deepEqual({ ...policy, etag: "" }, { maxAgeS: 5, staleWhileRevalidateS: 55, etag: "" });
    return policy?.etag;
  };
  assert.equal(await versionOf(shopRates), await versionOf(shopRates));
  assert.notEqual(
    await versionOf(shopRates),
    await versionOf(new Map([...shopRates, ["USD", 1n]])),
  );
});

test("rejects a batch with one invalid amount and names it", async (t) => {
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
