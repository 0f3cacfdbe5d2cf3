import assert from "node:assert/strict";
import { test } from "node:test";
import { type PlacedOrder, PlacedOrders } from "./placed-orders.ts";

const visitor = { sessionId: "visitor", currencyCode: "USD" };
const placed: PlacedOrder = { order: undefined, offers: undefined };

test("returns a visitor's order once, in the currency in which it was placed", () => {
  const orders = new PlacedOrders();
  orders.add(visitor, "a", placed);
  assert.equal(orders.take({ ...visitor, sessionId: "other" }, "a"), undefined);
  assert.equal(orders.take({ ...visitor, currencyCode: "EUR" }, "a"), undefined);
  assert.equal(orders.take(visitor, "b"), undefined);
  assert.equal(orders.take(visitor, "A"), placed);
  assert.equal(orders.take(visitor, "a"), undefined);
});

test("forgets the oldest of more than 500 orders", () => {
  const orders = new PlacedOrders();
  for (let i = 0; i <= 500; i++) orders.add(visitor, `order-${i}`, placed);
  assert.equal(orders.take(visitor, "order-0"), undefined);
  assert.equal(orders.take(visitor, "order-1"), placed);
});

test("forgets an order after ten seconds", () => {
  let nowMs = 0;
  const orders = new PlacedOrders(() => nowMs);
  for (const id of ["a", "b"]) orders.add(visitor, id, placed);
  nowMs = 9_999;
  assert.equal(orders.take(visitor, "a"), placed);
  nowMs = 10_000;
  assert.equal(orders.take(visitor, "b"), undefined);
});
