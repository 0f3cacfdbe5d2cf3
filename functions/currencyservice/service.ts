import type { CurrencyServiceDefinition } from "#protos/hipstershop.ts";
import type { CachePolicy } from "#runtime/cache-policy.ts";
import { limitList } from "#runtime/check-input.ts";
import { asConstant } from "#runtime/encode-message.ts";
import { counter } from "#runtime/metrics.ts";
import { nameBasedId } from "#runtime/name-based-id.ts";
import type { Handlers } from "#runtime/rpc.ts";
import { convert } from "./convert.ts";
import { type Rates, rateOf } from "./rates.ts";

// A page shows a few dozen prices; converting 1000 takes less than 1 ms.
const maxBatchSize = 1000;

const conversions = counter({
  name: "shop_conversions_total",
  help: "Converted amounts by target currency.",
  labels: ["currency"],
});

// The rates of a process never change, so that a page may be a minute late only after a release.
const maxAgeS = 5;
const staleWhileRevalidateS = 55;

// A random UUID.
const versionNamespace = "b7c9a1de-2f40-4d0b-9d1e-6c3f58a0e417";

/** The handlers of the currency service. Clients may use all responses again for a while. */
export function createCurrencyService(rates: Rates): Handlers<CurrencyServiceDefinition> {
  const currencyCodes = [...rates.keys()];
  const currencies = asConstant({ currencyCodes });
  let policy: CachePolicy | undefined;
  // Created by the first request, so that it does not delay a cold start.
  const cachePolicy = () => {
    policy ??= { maxAgeS, staleWhileRevalidateS, etag: versionOf(rates) };
    return policy;
  };
  return {
    getSupportedCurrencies: (_request, context) => {
      context.allowCaching(cachePolicy());
      return currencies;
    },
    convert: ({ from, toCode }, context) => {
      const result = convert(rates, from, toCode);
      conversions.inc({ currency: toCode });
      context.allowCaching(cachePolicy());
      return result;
    },
    convertBatch: ({ from, toCode }, context) => {
      limitList(from, "from", maxBatchSize);
      // Checked here, because an empty batch has no conversion that checks the code.
      rateOf(rates, toCode, "to_code");
      const results = from.map((amount, index) => convert(rates, amount, toCode, `from[${index}]`));
      conversions.inc({ currency: toCode }, results.length);
      context.allowCaching(cachePolicy());
      return { results, currencyCodes };
    },
  };
}

function versionOf(rates: Rates): string {
  return nameBasedId(versionNamespace, [...rates].join());
}
