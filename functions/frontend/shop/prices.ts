import type { Money, Product } from "#protos/hipstershop.ts";
import { formatMoney } from "#runtime/money.ts";
import { StatusError } from "#runtime/status.ts";
import type { Upstreams } from "./clients.ts";

/** A product as pages show it. */
export interface ShownProduct {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** URL path of the picture. */
  readonly picture: string;
  readonly categories: readonly string[];
  /** The price of one in the visitor's currency. */
  readonly price: Money;
}

/** Converts amounts in one call, or in none where they are in that currency already. */
export async function convertPrices(
  { currency }: Pick<Upstreams, "currency">,
  amounts: readonly Money[],
  toCode: string,
): Promise<readonly Money[]> {
  if (amounts.every((amount) => amount.currencyCode === toCode)) return amounts;
  const { results } = await currency.convertBatch({ from: [...amounts], toCode });
  if (results.length !== amounts.length) {
    throw new StatusError("INTERNAL", `asked for ${amounts.length} prices, got ${results.length}`);
  }
  return results;
}

/** Makes products ready to be shown, with their prices converted in one call. */
export async function priceProducts(
  upstreams: Pick<Upstreams, "currency">,
  products: readonly Product[],
  toCode: string,
): Promise<readonly ShownProduct[]> {
  const prices = await convertPrices(upstreams, products.map(priceOf), toCode);
  return products.flatMap((product, index) => {
    const price = prices[index];
    return price ? [showProduct(product, price)] : [];
  });
}

/** The price of a product in US dollars; a product without one is a defect of the catalog. */
export function priceOf({ id, priceUsd }: Product): Money {
  if (priceUsd) return priceUsd;
  throw new StatusError("INTERNAL", `product ${id} has no price`);
}

/** A product together with its price in the visitor's currency. */
export function showProduct(product: Product, price: Money): ShownProduct {
  const { id, name, description, picture, categories } = product;
  return { id, name, description, picture, categories, price };
}

/** Shows a price as people read it, cut to cents. */
export function showPrice(amount: Money): string {
  return formatMoney(amount);
}
