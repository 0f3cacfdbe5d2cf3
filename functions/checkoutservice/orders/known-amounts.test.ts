import assert from "node:assert/strict";
import { test } from "node:test";
import type { ConvertBatchRequest } from "#protos/hipstershop.ts";
import { usd } from "../fixtures/serve-dependencies.ts";
import { startCheckout } from "../fixtures/start-checkout.ts";
import { KnownAmounts } from "./known-amounts.ts";

const lineOf = (productId: string, quantity = 1) => ({ productId, quantity });

test("guesses the last quote and the last prices, if all of them are known", () => {
  const amounts = new KnownAmounts();
  assert.equal(amounts.guess([]), undefined);
  amounts.learn([lineOf("A"), lineOf("B")], [usd(9), usd(1), usd(2)]);
  amounts.learn([lineOf("A")], [usd(8), usd(3)]);
  assert.deepEqual(amounts.guess([lineOf("B", 7), lineOf("A")]), [usd(8), usd(2), usd(3)]);
  assert.equal(amounts.guess([lineOf("A"), lineOf("C")]), undefined);
});

/** A checkout that has placed an order, with a cart of one A at a price that a test changes. */
async function startAfterOrder(t: Parameters<typeof startCheckout>[0]) {
  const price = { usd: usd(10), asked: Promise.resolve() };
  const checkout = await startCheckout(t, {
    getCart: ({ userId }) => ({ userId, items: [lineOf("A")] }),
    getProducts: async () => {
      const product = { id: "A", name: "", description: "", picture: "", categories: [] };
      await price.asked;
      return { products: [{ ...product, priceUsd: price.usd }], version: "" };
    },
  });
  await checkout.order();
  checkout.requests.length = 0;
  const conversions = () =>
    checkout.requests
      .filter(([method]) => method === "convertBatch")
      .map(([, request]) => (request as ConvertBatchRequest).from);
  return { ...checkout, price, conversions };
}

test("converts the amounts of a later order while they are read", async (t) => {
  const { order, price, conversions } = await startAfterOrder(t);
  const asked = Promise.withResolvers<void>();
  t.after(() => asked.resolve());
  price.asked = asked.promise;
  const answer = order();
  await t.waitFor(() => assert.deepEqual(conversions(), [[usd(8, 99), usd(10)]]));
  asked.resolve();
  assert.deepEqual((await answer).order?.total, usd(18, 99));
  assert.equal(conversions().length, 1);
});

test("converts the amounts again if they have changed", async (t) => {
  const { order, price, conversions } = await startAfterOrder(t);
  price.usd = usd(12);
  assert.deepEqual((await order()).order?.total, usd(20, 99));
  assert.deepEqual(conversions(), [
    [usd(8, 99), usd(10)],
    [usd(8, 99), usd(12)],
  ]);
});
