import type { Ad, Product } from "#protos/hipstershop.ts";
import { log } from "#runtime/log.ts";
import type { Upstreams } from "./clients.ts";

/** How many recommendations a page shows. */
export const shownSuggestions = 4;

/**
 * Recommends products that are not among the given ones, at most four. A page is as good without
 * them: a failure is logged and gives none.
 *
 * @param catalog the products to find the recommended ids in, asked for at the same time
 */
export function suggestProducts(
  { recommendation }: Pick<Upstreams, "recommendation">,
  catalog: Promise<readonly Product[]>,
  userId: string,
  productIds: readonly string[],
): Promise<readonly Product[]> {
  return orElse("recommendations", [], async () => {
    const [{ productIds: suggestedIds }, products] = await Promise.all([
      recommendation.listRecommendations({ userId, productIds: [...productIds] }),
      catalog,
    ]);
    const byId = new Map(products.map((product) => [product.id, product]));
    return suggestedIds
      .flatMap((id) => byId.get(id) ?? [])
      .filter(({ id }) => !productIds.includes(id))
      .slice(0, shownSuggestions);
  });
}

/**
 * Picks one of the ads for product categories. A page is as good without one: a failure is logged
 * and gives undefined.
 */
export function pickAd(
  { ad }: Pick<Upstreams, "ad">,
  categories: readonly string[],
  random: () => number,
): Promise<Ad | undefined> {
  return orElse("the ad", undefined, async () => {
    const { ads } = await ad.getAds({ contextKeys: [...new Set(categories)] });
    return ads[Math.floor(random() * ads.length)];
  });
}

/** Does what a page can go without: a failure is logged and replaced by `fallback`. */
export async function orElse<T>(what: string, fallback: T, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    log.warn(`the page is shown without ${what}`, { error });
    return fallback;
  }
}
