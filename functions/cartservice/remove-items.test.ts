import assert from "node:assert/strict";
import { test } from "node:test";
import { startCartService } from "./fixtures/cart-service.ts";

const orderId = "0f8fad5b-d9cb-469f-a165-70867728950e";

test("removes the items of an order once, by its id in any case", async (t) => {
  const { client, add } = await startCartService(t);
  await add("A", 3);
  const items = [{ productId: "A", quantity: 1 }];
  await client.removeItems({ userId: "user", items, orderId });
  await client.removeItems({ userId: "user", items, orderId: orderId.toUpperCase() });
  const cart = await client.getCart({ userId: "user" });
  assert.deepEqual(cart.items, [{ productId: "A", quantity: 2 }]);
});

for (const [what, change, message] of [
  ["no user", { userId: "" }, "user_id is missing"],
  ["no order", { orderId: "" }, 'order_id is "": expected a UUID'],
  ["another order id", { orderId: "order" }, 'order_id is "order": expected a UUID'],
  ["no product", { items: [["", 1]] }, "items[0].product_id is missing"],
  [
    "quantity 0",
    {
      items: [
        ["A", 1],
        ["B", 0],
      ],
    },
    "items[1].quantity is 0: expected at least 1",
  ],
  [
    "too many items",
    { items: Array.from({ length: 101 }, () => ["A", 1] as const) },
    "items has 101 entries: expected at most 100",
  ],
] as const) {
  test(`rejects a removal with ${what} with INVALID_ARGUMENT`, async (t) => {
    const { client, add } = await startCartService(t);
    await add("A", 1);
    const { items, ...request } = {
      userId: "user",
      orderId,
      items: [["A", 1]] as const,
      ...change,
    };
    const lines = items.map(([productId, quantity]) => ({ productId, quantity }));
    await assert.rejects(client.removeItems({ ...request, items: lines }), {
      code: "INVALID_ARGUMENT",
      message,
    });
    assert.equal((await client.getCart({ userId: "user" })).items.length, 1);
  });
}
