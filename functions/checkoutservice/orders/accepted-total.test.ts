import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import type { Money, PlaceOrderRequest } from "#protos/hipstershop.ts";
import type { StatusError } from "#runtime/status.ts";
import { usd } from "../fixtures/serve-dependencies.ts";
import { startCheckout } from "../fixtures/start-checkout.ts";

const changed: [title: string, request: Partial<PlaceOrderRequest>, message: RegExp][] = [
  ["another amount", { expectedTotal: usd(28, 98) }, /^the order costs \$57\.96, .* \$28\.98$/],
  [
    "another currency",
    { expectedTotal: { ...usd(57, 96), currencyCode: "EUR" } },
    /^the order costs \$57\.96, the customer accepted €57\.96$/,
  ],
  ["another cart", { cartVersion: "other" }, /^the cart changed after the customer accepted/],
];

for (const [title, request, message] of changed) {
  test(`charges nothing if the customer accepted ${title}`, async (t) => {
    const { order, methods, client } = await startCheckout(t);
    const requestId = randomUUID();
    await assert.rejects(order({ requestId, ...request }), (error: StatusError) => {
      assert.equal(error.code, "ABORTED");
      assert.match(error.message, message);
      assert.deepEqual(error.info, { reason: "NOTHING_CHARGED", metadata: {} });
      return true;
    });
    assert.ok(!methods().includes("charge"));
    assert.deepEqual((await client.listOrders({ userId: "user" })).orders, []);
    assert.ok((await order({ requestId, expectedTotal: usd(57, 96), cartVersion: "2" })).order);
  });
}

test("a cart without versions is not compared", async (t) => {
  const { order } = await startCheckout(t, {
    getCart: ({ userId }) => ({
      userId,
      items: [{ productId: "A", quantity: 1 }],
      version: undefined,
    }),
  });
  assert.ok((await order({ cartVersion: "any" })).order);
});

test("truncates unit prices and shipping to the smallest unit before it multiplies", async (t) => {
  const exact = (units: number, nanos: number): Money => ({
    currencyCode: "JPY",
    units: BigInt(units),
    nanos,
  });
  const yen = (units: number): Money => exact(units, 0);
  const { order, requests } = await startCheckout(t, {
    convertBatch: () => ({
      results: [exact(999, 900_000_000), exact(2222, 999_999_999), exact(1000, 500_000_000)],
      currencyCodes: [],
    }),
  });
  const { order: result } = await order({ userCurrency: "JPY", expectedTotal: yen(6443) });
  assert.deepEqual(result?.shippingCost, yen(999));
  assert.deepEqual(
    result?.items.map(({ cost }) => cost),
    [yen(2222), yen(1000)],
  );
  assert.deepEqual(result?.total, yen(999 + 2 * 2222 + 1000));
  const charge = requests.find(([method]) => method === "charge")?.[1] as { amount: Money };
  assert.deepEqual(charge.amount, yen(6443));
});
