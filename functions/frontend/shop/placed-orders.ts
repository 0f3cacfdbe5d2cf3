import type { OrderResult } from "#protos/hipstershop.ts";

// Orders whose page is about to be requested: more than a process places within a visitor's round trip.
const maxOrders = 500;

/**
 * The products of the orders that this process has just placed. The browser requests the page of an order
 * right after the redirect; with them, what the page recommends can be loaded at the same time as the order.
 * A page without them, such as a reload or one of another process, loads that after the order.
 */
export class PlacedOrders {
  readonly #productIds = new Map<string, readonly string[]>();

  /** Remembers the products of a visitor's order, instead of the oldest ones if there are too many. */
  add(sessionId: string, order: OrderResult): void {
    this.#productIds.set(keyOf(sessionId, order.orderId), productIdsOf(order));
    const [oldest = ""] = this.#productIds.keys();
    if (this.#productIds.size > maxOrders) this.#productIds.delete(oldest);
  }

  /** Returns the ids of the products of a visitor's order and forgets them; undefined if they are unknown. */
  take(sessionId: string, orderId: string): readonly string[] | undefined {
    const key = keyOf(sessionId, orderId);
    const ids = this.#productIds.get(key);
    this.#productIds.delete(key);
    return ids;
  }
}

/** The ids of the products in an order. */
export function productIdsOf({ items }: OrderResult): readonly string[] {
  return items.flatMap(({ item }) => item?.productId ?? []);
}

function keyOf(sessionId: string, orderId: string): string {
  return `${sessionId}/${orderId.toLowerCase()}`;
}
