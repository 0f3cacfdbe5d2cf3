import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import type { Cart } from "#protos/hipstershop.ts";
import { createMemoryRecordStore } from "#runtime/store/fixtures/memory-record-store.ts";
import type { RecordStore } from "#runtime/store/record-store.ts";
import { usd } from "../fixtures/serve-dependencies.ts";
import { startCheckout } from "../fixtures/start-checkout.ts";

const expectedCart: Cart = {
  userId: "user",
  items: [
    { productId: "A", quantity: 2 },
    { productId: "B", quantity: 1 },
  ],
};

test("reads the prices and the quote of the expected cart while it reads the cart", async (t) => {
  const known = Promise.withResolvers<void>();
  t.after(() => known.resolve());
  const { order, methods } = await startCheckout(t, {
    getCart: async () => {
      await known.promise;
      return expectedCart;
    },
  });
  const answer = order({ expectedCart });
  await t.waitFor(() => {
    assert.deepEqual(methods().toSorted(), ["convertBatch", "getCart", "getProducts", "getQuote"]);
  });
  known.resolve();
  assert.deepEqual((await answer).order?.total, usd(57, 96));
});

test("reads the cart, its prices and the quote while it looks for an earlier order", async (t) => {
  const known = Promise.withResolvers<void>();
  t.after(() => known.resolve());
  const store = createMemoryRecordStore();
  const get: RecordStore["get"] = async (key) => {
    await known.promise;
    return store.get(key);
  };
  const { order, methods } = await startCheckout(t, {}, { store: { ...store, get } });
  const answer = order({ requestId: randomUUID(), expectedCart });
  await t.waitFor(() => {
    assert.deepEqual(methods().toSorted(), ["convertBatch", "getCart", "getProducts", "getQuote"]);
  });
  known.resolve();
  assert.deepEqual((await answer).order?.total, usd(57, 96));
});

for (const [title, items] of [
  ["other quantities", [{ productId: "A", quantity: 3 }]],
  ["a product that is not sold", [{ productId: "gone", quantity: 1 }]],
  ["no lines", []],
] as const) {
  test(`orders the present cart if the expected one has ${title}`, async (t) => {
    const { order } = await startCheckout(t);
    const { order: result } = await order({ expectedCart: { userId: "", items: [...items] } });
    assert.deepEqual(result?.total, usd(57, 96));
    assert.deepEqual(
      result?.items.map(({ item }) => item),
      expectedCart.items,
    );
  });
}

test("an expected cart does not replace the accepted version and total", async (t) => {
  const { order, methods } = await startCheckout(t);
  const other = { expectedCart, cartVersion: "other" };
  await assert.rejects(order(other), { code: "ABORTED", message: /^the cart changed/ });
  await assert.rejects(order({ expectedCart, expectedTotal: usd(1) }), { code: "ABORTED" });
  assert.ok(!methods().includes("charge"));
});
