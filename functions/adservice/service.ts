import type { AdServiceDefinition } from "#protos/hipstershop.ts";
import type { CachePolicy } from "#runtime/cache-policy.ts";
import { limitList, limitText } from "#runtime/check-input.ts";
import { counter } from "#runtime/metrics.ts";
import type { Handlers } from "#runtime/rpc.ts";
import { pickAds, versionOfAds } from "./pick-ads.ts";

// Each key can add ads, so this also limits the size of the response.
const maxContextKeys = 1000;
const maxKeyLength = 256;

const requests = counter({
  name: "shop_ad_requests_total",
  help: "Requests for ads, by kind: targeted by a category, or random.",
  labels: ["kind"],
});

// The ads of a process never change, so that a page may be a minute late only after a release.
const maxAgeS = 5;
const staleWhileRevalidateS = 55;

/**
 * The handlers of the ad service. Clients may use the ads of a category again for a while, but no random ads.
 *
 * @param random returns a number from 0 to below 1
 */
export function createAdService(random: () => number): Handlers<AdServiceDefinition> {
  let policy: CachePolicy | undefined;
  return {
    getAds: ({ contextKeys }, context) => {
      limitList(contextKeys, "context_keys", maxContextKeys);
      for (const [index, key] of contextKeys.entries()) {
        limitText(key, `context_keys[${index}]`, maxKeyLength);
      }
      const { response, targeted } = pickAds(contextKeys, random);
      requests.inc({ kind: targeted ? "targeted" : "random" });
      if (targeted) {
        policy ??= { maxAgeS, staleWhileRevalidateS, etag: versionOfAds() };
        context.allowCaching(policy);
      }
      return response;
    },
  };
}
