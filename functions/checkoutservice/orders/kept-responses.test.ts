import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it, type TestContext } from "node:test";
import type { Money, PlaceOrderRequest } from "#protos/hipstershop.ts";
import { useResponseCache } from "#runtime/cached-calls.ts";
import { usd } from "../fixtures/serve-dependencies.ts";
import { startCheckout } from "../fixtures/start-checkout.ts";

const policy = { maxAgeS: 5, staleWhileRevalidateS: 55 };
const cart = { userId: "user", items: [{ productId: "A", quantity: 1 }] };

/** A checkout that has placed orders of one A for $18.99 and may keep its price, its quote and their conversion. */
async function startAfterOrder(t: TestContext, request: Partial<PlaceOrderRequest>) {
  const present = { price: usd(10), quote: usd(8, 99), rate: (amount: Money) => amount };
  const { order, methods, requests } = await startCheckout(t, {
    getCart: () => cart,
    getQuote: (_request, { allowCaching }) => {
      allowCaching(policy);
      return { costUsd: present.quote };
    },
    getProducts: ({ version }, { allowCaching }) => {
      if (version !== undefined) allowCaching(policy);
      const product = { id: "A", name: "", description: "", picture: "", categories: [] };
      return { products: [{ ...product, priceUsd: present.price }], version: "" };
    },
    convertBatch: ({ from }, { allowCaching }) => {
      allowCaching(policy);
      return { results: from.map(present.rate), currencyCodes: [] };
    },
  });
  // Each client learns by a response that its method may be answered by a kept one.
  for (let i = 0; i < 2; i++) await order(request);
  requests.length = 0;
  const reads = () =>
    methods().filter((method) => /^(getProducts|getQuote|convertBatch)$/.test(method));
  return { order, methods, reads, present };
}

const seen = { catalogVersion: "v1", expectedTotal: usd(18, 99) };

describe("an order whose price, quote and conversion are kept", () => {
  beforeEach(() => useResponseCache(true));
  afterEach(() => useResponseCache(false));

  it("makes no call for any of them if it costs what the customer saw", async (t) => {
    const { order, reads } = await startAfterOrder(t, seen);
    assert.deepEqual((await order(seen)).order?.total, usd(18, 99));
    assert.deepEqual(reads(), []);
  });

  it("costs what the customer saw if the price has changed before", async (t) => {
    const { order, present } = await startAfterOrder(t, seen);
    present.price = usd(12);
    const { order: result } = await order({ ...seen, expectedTotal: usd(20, 99) });
    assert.deepEqual(result?.total, usd(20, 99));
  });

  it("costs what the customer saw if the quote has changed before", async (t) => {
    const { order, present } = await startAfterOrder(t, seen);
    present.quote = usd(10, 99);
    const { order: result } = await order({ ...seen, expectedTotal: usd(20, 99) });
    assert.deepEqual(result?.total, usd(20, 99));
  });

  it("costs what the customer saw if the conversion has changed before", async (t) => {
    const { order, present } = await startAfterOrder(t, seen);
    present.rate = ({ units, ...rest }) => ({ ...rest, units: units + 1n });
    const { order: result } = await order({ ...seen, expectedTotal: usd(20, 99) });
    assert.deepEqual(result?.total, usd(20, 99));
  });

  it("is refused with the present price if the customer saw another one", async (t) => {
    const { order, methods, present } = await startAfterOrder(t, seen);
    present.price = usd(12);
    await assert.rejects(order({ ...seen, expectedTotal: usd(15) }), {
      code: "ABORTED",
      message: "the order costs $20.99, the customer accepted $15.00",
    });
    assert.ok(!methods().includes("charge"));
  });

  it("has the present price if the caller states no total", async (t) => {
    const { order, reads, present } = await startAfterOrder(t, {});
    assert.ok((await order()).order);
    present.price = usd(12);
    present.quote = usd(9, 99);
    assert.deepEqual((await order({ catalogVersion: "v1" })).order?.total, usd(21, 99));
    assert.ok(reads().length >= 6);
  });
});
