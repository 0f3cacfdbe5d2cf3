import type { AdServiceDefinition } from "#protos/hipstershop.ts";
import { limitList, limitText } from "#runtime/check-input.ts";
import { counter } from "#runtime/metrics.ts";
import type { Handlers } from "#runtime/rpc.ts";
import { pickAds } from "./pick-ads.ts";

/** What the service works with. */
export interface AdDependencies {
  /** A number from 0 up to but not including 1 at every call. */
  readonly random: () => number;
}

// Every key may add ads to the answer, so their number bounds its size.
const maxContextKeys = 1000;
const maxKeyLength = 256;

const requests = counter({
  name: "shop_ad_requests_total",
  help: "Requests for ads, by whether one matched what was looked at or they were random.",
  labels: ["kind"],
});

/** Answers AdService. */
export function createAdService({ random }: AdDependencies): Handlers<AdServiceDefinition> {
  return {
    getAds: ({ contextKeys }) => {
      limitList(contextKeys, "context_keys", maxContextKeys);
      for (const [index, key] of contextKeys.entries()) {
        limitText(key, `context_keys[${index}]`, maxKeyLength);
      }
      const { ads, targeted } = pickAds(contextKeys, random);
      requests.inc({ kind: targeted ? "targeted" : "random" });
      return { ads };
    },
  };
}
