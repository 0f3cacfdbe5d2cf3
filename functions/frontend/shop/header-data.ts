import type { CartItem } from "#protos/hipstershop.ts";
import { defaultCurrencyCode, isOfferedCurrency } from "./currencies.ts";
import { orElse } from "./optional-parts.ts";
import type { Conversion } from "./prices.ts";
import type { Storefront, Visit } from "./storefront.ts";

/** The currencies to choose from; the size of the cart, undefined hides it. */
export type HeaderData = Awaited<ReturnType<typeof loadHeader>>;

/**
 * Loads the data of a header with at most two concurrent calls. Both parts are optional: failures are logged.
 *
 * @param converted the conversion of the page's prices, which returns the list of currencies too
 */
export async function loadHeader(shop: Storefront, visit: Visit, converted?: Promise<Conversion>) {
  const [currencyCodes, cartSize] = await Promise.all([
    loadCurrencyCodes(shop, visit, converted),
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
 *
 * @param converted the conversion of the page's prices, which returns the list of currencies too
 */
export function loadCurrencyCodes(
  { clients }: Storefront,
  { currencyCode }: Visit,
  converted?: Promise<Conversion>,
): Promise<readonly string[]> {
  return orElse("the list of currencies", [currencyCode], async () => {
    // Prices in US dollars are not converted, so that the call need not wait for them.
    const isConverted = currencyCode !== defaultCurrencyCode;
    const codes =
      (isConverted ? (await converted)?.currencyCodes : undefined) ??
      (await clients.currencyList.getSupportedCurrencies({})).currencyCodes;
    return codes.filter(isOfferedCurrency);
  });
}

/** The sum of the quantities in a cart. */
export function countItems(items: readonly CartItem[]): number {
  return items.reduce((total, { quantity }) => total + quantity, 0);
}
