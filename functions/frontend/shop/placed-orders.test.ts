import assert from "node:assert/strict";
import { test } from "node:test";
import { PlacedOrders } from "./placed-orders.ts";

const orderOf = (orderId: string, productId: string) => ({
  orderId,
  shippingTrackingId: "",
  shippingCost: undefined,
  shippingAddress: undefined,
  items: [{ item: { productId, quantity: 1 }, cost: undefined }],
  total: undefined,
});

test("returns the products of a visitor's order once", () => {
  const orders = new PlacedOrders();
  orders.add("visitor", orderOf("a", "MUG"));
  assert.equal(orders.take("other", "a"), undefined);
  assert.equal(orders.take("visitor", "b"), undefined);
  assert.deepEqual(orders.take("visitor", "A"), ["MUG"]);
  assert.equal(orders.take("visitor", "a"), undefined);
});

test("forgets the oldest of more than 500 orders", () => {
  const orders = new PlacedOrders();
  for (let i = 0; i <= 500; i++) orders.add("visitor", orderOf(`order-${i}`, `${i}`));
  assert.equal(orders.take("visitor", "order-0"), undefined);
  assert.deepEqual(orders.take("visitor", "order-1"), ["1"]);
});
