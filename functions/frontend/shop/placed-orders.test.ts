import assert from "node:assert/strict";
import { test } from "node:test";
import { PlacedOrders } from "./placed-orders.ts";

const visitor = { sessionId: "visitor", currencyCode: "USD" };
const createOffers = () => Promise.resolve({ suggestions: [], ad: undefined });

test("returns the offers of a visitor's order once, in the currency in which they were loaded", () => {
  const orders = new PlacedOrders();
  const offers = createOffers();
  orders.add(visitor, "a", offers);
  assert.equal(orders.take({ ...visitor, sessionId: "other" }, "a"), undefined);
  assert.equal(orders.take({ ...visitor, currencyCode: "EUR" }, "a"), undefined);
  assert.equal(orders.take(visitor, "b"), undefined);
  assert.equal(orders.take(visitor, "A"), offers);
  assert.equal(orders.take(visitor, "a"), undefined);
});

test("forgets the oldest of more than 500 orders", () => {
  const orders = new PlacedOrders();
  const offers = createOffers();
  for (let i = 0; i <= 500; i++) orders.add(visitor, `order-${i}`, offers);
  assert.equal(orders.take(visitor, "order-0"), undefined);
  assert.equal(orders.take(visitor, "order-1"), offers);
});
