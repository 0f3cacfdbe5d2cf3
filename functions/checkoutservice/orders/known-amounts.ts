import type { CartItem, Money } from "#protos/hipstershop.ts";

const maxProducts = 1000;

/**
 * The amounts in US dollars that the last orders of this process had. Prices and quotes seldom change, so that
 * the next order can let its amounts be converted while it reads them. A wrong guess only costs that call.
 */
export class KnownAmounts {
  readonly #prices = new Map<string, Money>();
  #quote: Money | undefined;

  /** Remembers the quote and the unit prices of items, in this order. */
  learn(items: readonly CartItem[], [quote, ...prices]: readonly Money[]): void {
    this.#quote = quote;
    if (this.#prices.size > maxProducts) this.#prices.clear();
    for (const [index, { productId }] of items.entries()) {
      const price = prices[index];
      if (price) this.#prices.set(productId, price);
    }
  }

  /** The quote and the unit prices that items probably have; undefined if one of them is not known. */
  guess(items: readonly CartItem[]): Money[] | undefined {
    const amounts = [this.#quote, ...items.map(({ productId }) => this.#prices.get(productId))];
    const known = amounts.filter((amount) => amount !== undefined);
    return known.length === amounts.length ? known : undefined;
  }
}
