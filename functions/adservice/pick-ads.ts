import type { Ad, AdResponse } from "#protos/hipstershop.ts";
import { asConstant } from "#runtime/encode-message.ts";
import { nameBasedId } from "#runtime/name-based-id.ts";
import ads from "./ads.json" with { type: "json" };

const responses: ReadonlyMap<string, AdResponse> = new Map(
  Array.from(
    Map.groupBy(ads, ({ category }) => category),
    ([category, matching]) => [category, asConstant({ ads: matching.map(toAd) })],
  ),
);

const randomAdCount = 2;

/**
 * Picks ads as Online Boutique does: for each key all ads of exactly that category, in the order of the
 * keys, repeated for a repeated key. If no key matches, `targeted` is false, and two random ads are
 * picked, which may be the same ad.
 *
 * @param random returns a number from 0 to below 1
 */
export function pickAds(contextKeys: readonly string[], random: () => number) {
  const matching = contextKeys.flatMap((key) => responses.get(key) ?? []);
  const [first] = matching;
  if (first && matching.length === 1) return { response: first, targeted: true };
  if (first) return { response: { ads: matching.flatMap(({ ads }) => ads) }, targeted: true };
  const drawn = Array.from({ length: randomAdCount }, () => {
    const index = Math.floor(random() * ads.length);
    return ads.slice(index, index + 1);
  });
  return { response: { ads: drawn.flat().map(toAd) }, targeted: false };
}

// A random UUID.
const versionNamespace = "9a3d5c0e-71b4-4f6a-8c2d-5e90b1a7f483";

/** Identifies the content of all ads. */
export function versionOfAds(): string {
  return nameBasedId(versionNamespace, JSON.stringify(ads));
}

function toAd({ productId, text }: (typeof ads)[number]): Ad {
  return { redirectUrl: `/product/${productId}`, text };
}
