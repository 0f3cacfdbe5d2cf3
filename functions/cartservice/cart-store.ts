import type { CartItem } from "#protos/hipstershop.ts";

/**
 * The outcome of a write. A write that would exceed a limit changes nothing: `out-of-range` if the
 * quantity would exceed `maxQuantity`, `too-many-lines` if the cart would exceed `maxLines`.
 */
export type WriteOutcome = "ok" | "out-of-range" | "too-many-lines";

/** The maximum of pieces of one product in a cart: the largest int32, as in the message. */
export const maxQuantity = 2_147_483_647;

/** The maximum of lines in a cart. */
export const maxLines = 100;

/**
 * Stores carts until they expire, a set time after their last change. Each method is atomic, also across
 * processes. Lines keep the order in which their products were added. All methods reject with a
 * StoreError if the store fails.
 */
export interface CartStore {
  /** Adds at least 1 to the quantity of a product; adds a line for a new product. */
  addItem(userId: string, productId: string, quantity: number): Promise<WriteOutcome>;
  /** Sets the quantity of a product; 0 removes its line. */
  setItemQuantity(userId: string, productId: string, quantity: number): Promise<WriteOutcome>;
  /** Returns the lines; empty if the user has no cart. */
  getCart(userId: string): Promise<CartItem[]>;
  /** Removes the cart, if there is one. */
  emptyCart(userId: string): Promise<void>;
  /** Rejects if the store does not answer. */
  ping(): Promise<void>;
  /** Closes the store; safe to call twice. */
  close(): Promise<void>;
}
