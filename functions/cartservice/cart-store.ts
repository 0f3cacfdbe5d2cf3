/** One product in a cart. */
export interface CartLine {
  productId: string;
  quantity: number;
}

/**
 * What became of a write. One that would break a limit changes nothing: `out-of-range` where the
 * quantity would exceed `maxQuantity`, `too-many-lines` where the cart would exceed `maxLines`.
 */
export type WriteOutcome = "ok" | "out-of-range" | "too-many-lines";

/** The most pieces of one product in a cart: the largest int32, as the message can hold no more. */
export const maxQuantity = 2_147_483_647;

/** The most lines in a cart. */
export const maxLines = 100;

/**
 * Keeps carts until they expire, which is a set time after their last change. Each method is
 * atomic, whoever else works on the same cart; lines keep the order in which their products came.
 * All methods reject with a StoreError where the store fails.
 */
export interface CartStore {
  /** Adds to the quantity of a product, by at least 1; a product that is not there gets a line. */
  addItem(userId: string, productId: string, quantity: number): Promise<WriteOutcome>;
  /** Sets the quantity of a product; 0 removes its line. */
  setItemQuantity(userId: string, productId: string, quantity: number): Promise<WriteOutcome>;
  /** The lines; none for a user without a cart. */
  getCart(userId: string): Promise<CartLine[]>;
  /** Removes the cart, if there is one. */
  emptyCart(userId: string): Promise<void>;
  /** Rejects while the store does not answer. */
  ping(): Promise<void>;
  /** Gives the store back; safe to call twice. */
  close(): Promise<void>;
}
