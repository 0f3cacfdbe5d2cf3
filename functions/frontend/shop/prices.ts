import type { Money, Product } from "#protos/hipstershop.ts";
import { truncateMoney } from "#runtime/money.ts";
import { StatusError } from "#runtime/status.ts";
import type { Storefront } from "./storefront.ts";

/** A product as pages show it. */
export interface ShownProduct extends Omit<Product, "picture" | "priceUsd"> {
  /** The URL of the picture, with the version of the file. */
  readonly pictureUrl: string;
  /** The price of one item in the visitor's currency. */
  readonly price: Money;
}

/**
 * Converts amounts with one call, or without a call if they are in that currency already. The results are
 * truncated to the currency's smallest unit, as checkout truncates them: totals that are computed from them
 * are those that checkout computes.
 *
 * @throws StatusError INTERNAL if the service returns another number of amounts
 */
export async function convertPrices(
  { clients }: Storefront,
  amounts: readonly Money[],
  toCode: string,
): Promise<readonly Money[]> {
  if (amounts.every((amount) => amount.currencyCode === toCode)) return amounts.map(truncateMoney);
  const { results } = await clients.currency.convertBatch({ from: [...amounts], toCode });
  if (results.length !== amounts.length) {
    throw new StatusError(
      "INTERNAL",
      `the currency service converted ${results.length} of ${amounts.length} prices`,
    );
  }
  return results.map(truncateMoney);
}

/** Prices products in the visitor's currency, with at most one call. */
export async function priceProducts(
  shop: Storefront,
  products: readonly Product[],
  currencyCode: string,
): Promise<readonly ShownProduct[]> {
  const prices = await convertPrices(shop, products.map(priceOf), currencyCode);
  return showProducts(shop, products, prices);
}

/** Combines products with their prices, which are in the same order. */
export function showProducts(
  { files }: Storefront,
  products: readonly Product[],
  prices: readonly Money[],
): readonly ShownProduct[] {
  return products.flatMap(({ id, name, description, picture, categories }, index) => {
    const price = prices[index];
    if (!price) return [];
    return [{ id, name, description, pictureUrl: files.url(picture), categories, price }];
  });
}

/**
 * The price of a product in US dollars.
 *
 * @throws StatusError INTERNAL if the catalog has none
 */
export function priceOf({ id, priceUsd }: Product): Money {
  if (priceUsd) return priceUsd;
  throw new StatusError("INTERNAL", `product ${id} has no price`);
}
