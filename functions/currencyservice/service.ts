import type { CurrencyServiceDefinition } from "#protos/hipstershop.ts";
import { limitList } from "#runtime/check-input.ts";
import { counter } from "#runtime/metrics.ts";
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

/** The handlers of the currency service. */
export function createCurrencyService(rates: Rates): Handlers<CurrencyServiceDefinition> {
  const currencyCodes = [...rates.keys()];
  return {
    getSupportedCurrencies: () => ({ currencyCodes }),
    convert: ({ from, toCode }) => {
      const result = convert(rates, from, toCode);
      conversions.inc({ currency: toCode });
      return result;
    },
    convertBatch: ({ from, toCode }) => {
      limitList(from, "from", maxBatchSize);
      // Checked here, because an empty batch has no conversion that checks the code.
      rateOf(rates, toCode, "to_code");
      const results = from.map((amount, index) => convert(rates, amount, toCode, `from[${index}]`));
      conversions.inc({ currency: toCode }, results.length);
      return { results };
    },
  };
}
