import type { Money } from "#protos/hipstershop.ts";
import { moneyOfNanos, nanosOf, validateMoney } from "#runtime/money.ts";
import { type Rates, rateOf } from "./rates.ts";

/**
 * Converts an amount exactly and truncates it to whole nanos at the end. An amount in the target currency
 * is returned unchanged. (Online Boutique computes in doubles through the euro, with an error of up to a
 * cent.)
 *
 * @param field the name of the amount in the request, for errors
 * @throws StatusError INVALID_ARGUMENT for a malformed amount or an unknown currency, OUT_OF_RANGE
 * if the result exceeds int64 units
 */
export function convert(
  rates: Rates,
  from: Money | undefined,
  toCode: string,
  field = "from",
): Money {
  const amount = validateMoney(from, field);
  const fromRate = rateOf(rates, amount.currencyCode, `${field}.currency_code`);
  const toRate = rateOf(rates, toCode, "to_code");
  return moneyOfNanos(toCode, (nanosOf(amount) * toRate) / fromRate);
}
