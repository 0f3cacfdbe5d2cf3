import type { CartItem } from "#protos/hipstershop.ts";

/**
 * The outcome of a write. A write that would exceed a limit changes nothing: `out-of-range` if the
 * quantity would exceed `maxQuantity`, `too-many-lines` if the cart would exceed `maxLines`.
 */
export type WriteOutcome = "ok" | "out-of-range" | "too-many-lines";

/** The maximum quantity of one product in a cart: the largest int32, the type of the proto's field. */
export const maxQuantity = 2_147_483_647;

/** The maximum number of lines in a cart. */
export const maxLines = 100;

/**
 * Milliseconds for which a removed order is remembered: 30 days. checkoutservice repeats a removal at its
 * next sweep, within minutes; an order whose removal could not be made waits longer.
 */
export const removalTtlMs = 30 * 24 * 3_600_000;

/**
 * Stores carts until they expire, a configured time after their last change. Each method is atomic, even
 * across processes. Lines keep the order in which their products were added. All methods reject with a
 * StoreError if the store fails.
 */
export interface CartStore {
  /** Adds at least 1 to the quantity of a product; adds a line for a new product. */
  addItem(userId: string, productId: string, quantity: number): Promise<WriteOutcome>;
  /** Sets the quantity of a product; 0 removes its line. */
  setItemQuantity(userId: string, productId: string, quantity: number): Promise<WriteOutcome>;
  /**
   * Removes ordered items: the quantity of each product falls by the ordered quantity, and its line is removed
   * if nothing is left. Does nothing if the order was removed already.
   */
  removeItems(userId: string, items: readonly CartItem[], orderId: string): Promise<void>;
  /** Returns the lines; empty if the user has no cart. */
  getCart(userId: string): Promise<CartItem[]>;
  /** Removes the cart; does nothing if the user has no cart. */
  emptyCart(userId: string): Promise<void>;
  /** Rejects if the store does not answer. */
  ping(): Promise<void>;
  /** Closes the store; safe to call twice. */
  close(): Promise<void>;
}
