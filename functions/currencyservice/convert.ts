import type { Money } from "#protos/hipstershop.ts";
import { moneyOfNanos, nanosOf, validateMoney } from "#runtime/money.ts";
import { type Rates, rateOf } from "./rates.ts";

/**
 * Converts an amount exactly and cuts what is below a nano towards zero, once, at the end. A
 * currency converted to itself stays what it is. (Online Boutique computes with doubles by way of
 * the euro, and loses up to a cent on the way.)
 *
 * @param field how the amount is called in the request, for errors
 * @throws StatusError INVALID_ARGUMENT for a malformed amount or an unknown currency, OUT_OF_RANGE
 * where the result is beyond int64 units
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
