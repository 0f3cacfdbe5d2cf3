import assert from "node:assert/strict";
import { isPlaced } from "../../functions/checkoutservice/orders/order-record.ts";
import { poll } from "../fixtures/poll.ts";
import type { OrderShop } from "../orders/fixtures/order-shop.ts";
import type { TrafficResult } from "./traffic-counts.ts";

/** What is allowed besides an exact result. */
export interface Tolerance {
  /** How many mails an order may have got; 1 by default. */
  readonly maxMails?: number;
}

/**
 * Waits until all orders of the traffic are settled, and asserts that no effect was lost or made twice: what a
 * page called placed is placed, charged and shipped once, and mailed. Returns a description.
 */
export async function checkOrders(
  shop: OrderShop,
  { orders: seen, wrongCarts }: TrafficResult,
  { maxMails = 1 }: Tolerance = {},
): Promise<string> {
  assert.deepEqual(wrongCarts, []);
  const { orders } = await shop.settle(undefined, 60_000);
  const placed = new Set(orders.filter(isPlaced).map(({ orderId }) => orderId));
  const lost = seen.placed.filter((id) => !placed.has(id));
  assert.deepEqual(lost, [], "orders whose page said that they are placed");
  assert.equal(new Set(seen.placed).size, seen.placed.length);
  const { received } = shop.mailBox;
  await poll(
    async () => ([...placed].every((id) => received.has(id)) ? true : undefined),
    () => `orders without a mail: ${[...placed].filter((id) => !received.has(id))}`,
    60_000,
  );
  const unexpected = [...received].filter(([id, count]) => !placed.has(id) || count > maxMails);
  assert.deepEqual(unexpected, [], "mails by order");
  const repeated = [...received].filter(([, count]) => count > 1).length;
  const undone = orders.length - placed.size;
  return `${placed.size} orders in the store, ${undone} undone, ${repeated} mailed twice`;
}
