import type { Ad, OrderResult } from "#protos/hipstershop.ts";
import type { ShownProduct } from "./prices.ts";

interface Visitor {
  readonly sessionId: string;
  readonly currencyCode: string;
}

/** What the page of an order recommends. */
export interface OrderOffers {
  /** Further products. */
  readonly suggestions: readonly ShownProduct[];
  /** An ad for the categories of the order. */
  readonly ad: Ad | undefined;
}

// Orders whose page is about to be requested: more than a process places within a visitor's round trip.
const maxOrders = 500;

/**
 * The offers of the orders that this process has just placed. The browser requests the page of an order right
 * after the redirect; what the page recommends is loaded while checkout places the order. A page without it,
 * such as a reload or one of another process, loads it after the order.
 */
export class PlacedOrders {
  readonly #offers = new Map<string, Promise<OrderOffers>>();

  /** Remembers the offers of a visitor's order, instead of the oldest ones if there are too many. */
  add(visit: Visitor, orderId: string, offers: Promise<OrderOffers>): void {
    this.#offers.set(keyOf(visit, orderId), offers);
    const [oldest = ""] = this.#offers.keys();
    if (this.#offers.size > maxOrders) this.#offers.delete(oldest);
  }

  /** Returns the offers of a visitor's order and forgets them; undefined if there are none in the visitor's currency. */
  take(visit: Visitor, orderId: string): Promise<OrderOffers> | undefined {
    const key = keyOf(visit, orderId);
    const offers = this.#offers.get(key);
    this.#offers.delete(key);
    return offers;
  }
}

/** The ids of the products in an order. */
export function productIdsOf({ items }: OrderResult): readonly string[] {
  return items.flatMap(({ item }) => item?.productId ?? []);
}

function keyOf({ sessionId, currencyCode }: Visitor, orderId: string): string {
  return `${sessionId}/${orderId.toLowerCase()}/${currencyCode}`;
}
