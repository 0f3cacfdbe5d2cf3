import type { CartItem } from "#protos/hipstershop.ts";
import { isOfferedCurrency } from "./currencies.ts";
import { orElse } from "./optional-parts.ts";
import type { Storefront, Visit } from "./storefront.ts";

/** The currencies to choose from; the size of the cart, undefined hides it. */
export type HeaderData = Awaited<ReturnType<typeof loadHeader>>;

/** Loads the data of a header with two concurrent calls. Both parts are optional: failures are logged. */
export async function loadHeader(shop: Storefront, visit: Visit) {
  const [currencyCodes, cartSize] = await Promise.all([
    loadCurrencyCodes(shop, visit),
    orElse("the number of items in the cart", undefined, async () => {
      const { items } = await shop.clients.headerCart.getCart({ userId: visit.sessionId });
      return countItems(items);
    }),
  ]);
  return { currencyCodes, cartSize };
}

/**
 * Loads the currencies to choose from, for a page that reads the cart itself. If that fails, only the
 * visitor's currency is offered.
 */
export function loadCurrencyCodes(
  { clients }: Storefront,
  { currencyCode }: Visit,
): Promise<readonly string[]> {
  return orElse("the list of currencies", [currencyCode], async () => {
    const { currencyCodes } = await clients.currencyList.getSupportedCurrencies({});
    return currencyCodes.filter(isOfferedCurrency);
  });
}

/** The sum of the quantities in a cart. */
export function countItems(items: readonly CartItem[]): number {
  return items.reduce((total, { quantity }) => total + quantity, 0);
}
