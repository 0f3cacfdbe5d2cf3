import type { CartItem } from "#protos/hipstershop.ts";
import { chooseShownCurrencies } from "./currencies.ts";
import type { Visit } from "./storefront.ts";
import type { Upstreams } from "./upstreams.ts";

/** What the header of a page shows, and the cart that it counts. */
export interface HeaderData {
  /** The codes to choose from. */
  readonly currencyCodes: readonly string[];
  /** The visitor's cart. */
  readonly cartItems: readonly CartItem[];
}

/** Loads what every page's header needs, in two calls at once. */
export async function loadHeader(
  { currency, cart }: Pick<Upstreams, "currency" | "cart">,
  { sessionId }: Visit,
): Promise<HeaderData> {
  const [{ currencyCodes }, { items }] = await Promise.all([
    currency.getSupportedCurrencies({}),
    cart.getCart({ userId: sessionId }),
  ]);
  return { currencyCodes: chooseShownCurrencies(currencyCodes), cartItems: items };
}

/** How many pieces are in a cart: what its badge says. */
export function countPieces(items: readonly CartItem[]): number {
  return items.reduce((total, { quantity }) => total + quantity, 0);
}
