import type { CartItem } from "#protos/hipstershop.ts";
import type { Visit } from "../http/storefront.ts";
import type { Upstreams } from "./clients.ts";
import { chooseShownCurrencies } from "./currencies.ts";
import { orElse } from "./suggestions.ts";

/** What the header of a page shows. */
export interface HeaderData {
  /** The codes to choose from. */
  readonly currencyCodes: readonly string[];
  /** Pieces in the visitor's cart; undefined where the cart service did not answer in time. */
  readonly cartSize: number | undefined;
}

/**
 * Loads what every page's header needs, in two calls at once. A page is as good without the number of
 * pieces in the cart: a failure is logged and leaves it out.
 */
export async function loadHeader(
  upstreams: Pick<Upstreams, "currency" | "headerCart">,
  { sessionId }: Visit,
): Promise<HeaderData> {
  const [currencyCodes, cartSize] = await Promise.all([
    loadCurrencyCodes(upstreams),
    orElse("the number of pieces in the cart", undefined, async () => {
      const { items } = await upstreams.headerCart.getCart({ userId: sessionId });
      return countPieces(items);
    }),
  ]);
  return { currencyCodes, cartSize };
}

/** Loads the codes of the currencies to choose from, for a page that has read the cart itself. */
export async function loadCurrencyCodes({
  currency,
}: Pick<Upstreams, "currency">): Promise<readonly string[]> {
  const { currencyCodes } = await currency.getSupportedCurrencies({});
  return chooseShownCurrencies(currencyCodes);
}

/** How many pieces are in a cart: what its badge says. */
export function countPieces(items: readonly CartItem[]): number {
  return items.reduce((total, { quantity }) => total + quantity, 0);
}
