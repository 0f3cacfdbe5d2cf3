import {
  addToRecord,
  type CartRecord,
  linesOf,
  removeFromRecord,
  setInRecord,
} from "../../functions/cartservice/cart-record.ts";
import type { CartStore } from "../../functions/cartservice/cart-store.ts";

/** Carts in memory, which survive crashes. */
export class Carts {
  readonly #records = new Map<string, CartRecord>();
  readonly #removals = new Set<string>();

  /** The quantity of a product in a cart. */
  quantityOf(userId: string, productId: string): number {
    return this.#read(userId).find(([id]) => id === productId)?.[1] ?? 0;
  }

  /** The store as cartservice uses it. */
  open(): CartStore {
    return {
      addItem: async (userId, productId, quantity) =>
        this.#write(userId, (record) => addToRecord(record, productId, quantity)),
      setItemQuantity: async (userId, productId, quantity) =>
        this.#write(userId, (record) => setInRecord(record, productId, quantity)),
      removeItems: async (userId, items, orderId) => {
        if (this.#removals.has(orderId)) return;
        this.#removals.add(orderId);
        this.#write(userId, (record) => removeFromRecord(record, items));
      },
      getCart: async (userId) => linesOf(this.#read(userId)),
      emptyCart: async (userId) => void this.#records.delete(userId),
      ping: async () => undefined,
      close: async () => undefined,
    };
  }

  #read(userId: string): CartRecord {
    return this.#records.get(userId) ?? [];
  }

  #write<T>(userId: string, change: (record: CartRecord) => T): T {
    const record = structuredClone(this.#read(userId));
    const outcome = change(record);
    this.#records.set(userId, record);
    return outcome;
  }
}
