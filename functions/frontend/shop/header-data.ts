import type { CartItem } from "#protos/hipstershop.ts";
import { isOfferedCurrency } from "./currencies.ts";
import { orElse } from "./optional-parts.ts";
import type { Storefront, Visit } from "./storefront.ts";

/** The currencies to choose from, [] hides the choice; the size of the cart, undefined hides it. */
export type HeaderData = Awaited<ReturnType<typeof loadHeader>>;

/**
 * Loads the data of a header with two concurrent calls. The number of items is optional: if its call
 * fails, the error is logged and `cartSize` is undefined.
 */
export async function loadHeader(shop: Storefront, { sessionId }: Visit) {
  const [currencyCodes, cartSize] = await Promise.all([
    loadCurrencyCodes(shop),
    orElse("the number of items in the cart", undefined, async () => {
      const { items } = await shop.clients.headerCart.getCart({ userId: sessionId });
      return countItems(items);
    }),
  ]);
  return { currencyCodes, cartSize };
}

/** Loads the currencies to choose from, for a page that reads the cart itself. */
export async function loadCurrencyCodes({ clients }: Storefront): Promise<readonly string[]> {
  const { currencyCodes } = await clients.currency.getSupportedCurrencies({});
  return currencyCodes.filter(isOfferedCurrency);
}

/** The sum of the quantities in a cart. */
export function countItems(items: readonly CartItem[]): number {
  return items.reduce((total, { quantity }) => total + quantity, 0);
}
