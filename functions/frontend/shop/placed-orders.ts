import type { Ad, OrderResult } from "#protos/hipstershop.ts";
import type { KeptOrder } from "./kept-order.ts";
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

/** What is known about an order when it has been placed. */
export interface PlacedOrder {
  /** The order; undefined if checkout did not return all of it. */
  readonly order: KeptOrder | undefined;
  /** What its page recommends, in the visitor's currency; undefined if that was not loaded. */
  readonly offers: Promise<OrderOffers> | undefined;
}

// Orders whose page is about to be requested: more than a process places within a visitor's round trip.
const maxOrders = 500;
// The round trip of a slow connection. A later page shows what became of the order meanwhile.
const maxAgeMs = 10_000;

/**
 * The orders that this process has just placed. The browser requests the page of an order right after the redirect:
 * it shows the order as checkout returned it, and recommends what was loaded in the meantime. Any other page of the
 * order, such as a reload or one of another process, reads the order.
 */
export class PlacedOrders {
  readonly #orders = new Map<string, { placed: PlacedOrder; untilMs: number }>();
  readonly #nowMs: () => number;

  /** @param nowMs returns the milliseconds of a monotonic clock */
  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  /** Remembers a visitor's order, instead of the oldest one if there are too many. */
  add(visit: Visitor, orderId: string, placed: PlacedOrder): void {
    this.#orders.set(keyOf(visit, orderId), { placed, untilMs: this.#nowMs() + maxAgeMs });
    const [oldest = ""] = this.#orders.keys();
    if (this.#orders.size > maxOrders) this.#orders.delete(oldest);
  }

  /**
   * Returns a visitor's order and forgets it; undefined if it was not placed in the visitor's currency in the last ten
   * seconds.
   */
  take(visit: Visitor, orderId: string): PlacedOrder | undefined {
    const key = keyOf(visit, orderId);
    const kept = this.#orders.get(key);
    this.#orders.delete(key);
    return kept && this.#nowMs() < kept.untilMs ? kept.placed : undefined;
  }
}

/** The ids of the products in an order. */
export function productIdsOf({ items }: OrderResult): readonly string[] {
  return items.flatMap(({ item }) => item?.productId ?? []);
}

function keyOf({ sessionId, currencyCode }: Visitor, orderId: string): string {
  return `${sessionId}/${orderId.toLowerCase()}/${currencyCode}`;
}
