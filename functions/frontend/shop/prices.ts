import type { Money, Product } from "#protos/hipstershop.ts";
import { truncateMoney } from "#runtime/money.ts";
import type { StaticFiles } from "#runtime/static-files.ts";
import { StatusError } from "#runtime/status.ts";
import type { Clients } from "./clients.ts";

/** A product as pages show it. */
export interface ShownProduct extends Omit<Product, "picture" | "priceUsd"> {
  /** The URL of the picture, with the version of the file. */
  readonly pictureUrl: string;
  /** The price of one item in the visitor's currency. */
  readonly price: Money;
}

/** Amounts that were converted together. */
export interface Conversion {
  /** The currencies that the service supports; undefined if it was not called or does not return them. */
  readonly currencyCodes: readonly string[] | undefined;
}

/** A catalog with its prices in the visitor's currency. */
export interface PricedCatalog extends Conversion {
  /** Combines a product of the catalog with its price. */
  readonly show: (product: Product) => ShownProduct;
  /** The price of shipping; undefined if it was not to be converted. */
  readonly shipping: Money | undefined;
}

/** The parts of the storefront that pricing uses. */
export interface PriceSources {
  /** The clients of the functions behind the pages. */
  readonly clients: Pick<Clients, "currency">;
  /** The files of the products' pictures. */
  readonly files: Pick<StaticFiles, "url">;
}

/** What is converted with the prices of a catalog, and how. */
export interface PricingOptions {
  /** The price of shipping. */
  readonly shipping?: Money | undefined;
  /** Whether the conversion must not be one that was kept. */
  readonly isFresh?: boolean;
}

/**
 * Prices all products of a catalog, although a page shows only some: all pages then make the same call, whose
 * response is kept.
 */
export async function priceCatalog(
  shop: PriceSources,
  catalog: readonly Product[],
  currencyCode: string,
  { shipping, isFresh = false }: PricingOptions = {},
): Promise<PricedCatalog> {
  const amounts = [...catalog.map(priceOf), ...(shipping ? [shipping] : [])];
  const { results, currencyCodes } = await convertPrices(shop, amounts, currencyCode, isFresh);
  const byId = new Map(catalog.map(({ id }, index) => [id, results[index]]));
  return {
    currencyCodes,
    show: ({ id, name, description, picture, categories }) => {
      const price = byId.get(id);
      if (!price) throw new Error(`product ${id} was not priced`);
      const pictureUrl = shop.files.url(picture);
      return { id, name, description, pictureUrl, categories, price: truncateMoney(price) };
    },
    shipping: shipping && truncateMoney(results.at(-1) ?? shipping),
  };
}

// The limit of the currency service.
const maxBatchSize = 1000;

/**
 * Converts amounts with one call for each thousand, or without a call if they are in that currency already.
 *
 * @throws StatusError INTERNAL if the service returns another number of amounts
 */
async function convertPrices(
  { clients }: PriceSources,
  amounts: readonly Money[],
  toCode: string,
  isFresh: boolean,
) {
  if (amounts.every((amount) => amount.currencyCode === toCode)) {
    return { results: amounts, currencyCodes: undefined };
  }
  const starts = Array.from({ length: Math.ceil(amounts.length / maxBatchSize) }, (_, n) => n);
  const responses = await Promise.all(
    starts.map((n) => {
      const from = amounts.slice(n * maxBatchSize, (n + 1) * maxBatchSize);
      return clients.currency.convertBatch({ from, toCode }, { isFresh });
    }),
  );
  const results = responses.flatMap((response) => response.results);
  if (results.length !== amounts.length) {
    throw new StatusError(
      "INTERNAL",
      `the currency service converted ${results.length} of ${amounts.length} prices`,
    );
  }
  const [{ currencyCodes } = { currencyCodes: [] }] = responses;
  // A service of an older release does not return them.
  return { results, currencyCodes: currencyCodes.length > 0 ? currencyCodes : undefined };
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
