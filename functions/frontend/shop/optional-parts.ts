import type { Ad, Product } from "#protos/hipstershop.ts";
import { log } from "#runtime/log.ts";
import type { Storefront } from "./storefront.ts";

const maxSuggestions = 4;

/**
 * Recommends up to four other products. They are optional: a failure is logged, and [] is returned.
 *
 * @param catalog all products, requested at the same time
 * @param productIds the products that the page shows already
 */
export function suggestProducts(
  { clients }: Storefront,
  catalog: Promise<readonly Product[]>,
  userId: string,
  productIds: readonly string[],
): Promise<readonly Product[]> {
  return orElse("recommendations", [], async () => {
    const [{ productIds: suggestedIds }, products] = await Promise.all([
      clients.recommendation.listRecommendations({ userId, productIds: [...productIds] }),
      catalog,
    ]);
    const byId = new Map(products.map((product) => [product.id, product]));
    return suggestedIds
      .flatMap((id) => byId.get(id) ?? [])
      .filter(({ id }) => !productIds.includes(id))
      .slice(0, maxSuggestions);
  });
}

/** Picks one of the ads for categories. It is optional: a failure is logged, and undefined is returned. */
export function pickAd(
  { clients, random }: Storefront,
  categories: readonly string[],
): Promise<Ad | undefined> {
  return orElse("the ad", undefined, async () => {
    const { ads } = await clients.ad.getAds({ contextKeys: [...new Set(categories)] });
    return ads[Math.floor(random() * ads.length)];
  });
}

/** Lists the products, for optional parts of a page: a failure is logged, and [] is returned. */
export function listKnownProducts({ clients }: Storefront): Promise<Product[]> {
  return orElse("the catalog", [], async () => (await clients.catalog.listProducts({})).products);
}

/** Loads an optional part of a page: a failure is logged and replaced by `fallback`. */
export async function orElse<T>(what: string, fallback: T, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    log.warn(`the page is shown without ${what}`, { error });
    return fallback;
  }
}
