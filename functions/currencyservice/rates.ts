import { quote } from "#runtime/check-input.ts";
import { StatusError } from "#runtime/status.ts";
import decimalRates from "./rates.json" with { type: "json" };

/** Units of each currency per euro, times the same power of ten, in the order of `rates.json`. */
export type Rates = ReadonlyMap<string, bigint>;

// Rates are written with up to five decimals. As conversion divides one by another, the scale
// cancels out, and nothing is ever rounded before the end.
const decimals = 5;

/** The rates of the shop: those of Online Boutique, 33 currencies with the euro first. */
export const shopRates: Rates = new Map(
  Object.entries(decimalRates).map(([code, rate]) => [code, scaleRate(rate)]),
);

/**
 * The rate of a currency.
 *
 * @param field the field that holds the code, for the error
 * @throws StatusError INVALID_ARGUMENT for a currency that has no rate
 */
export function rateOf(rates: Rates, code: string, field: string): bigint {
  const rate = rates.get(code);
  if (rate !== undefined) return rate;
  throw new StatusError(
    "INVALID_ARGUMENT",
    `${field} is ${quote(code)}: no such currency (GetSupportedCurrencies lists the ${rates.size})`,
  );
}

/** A decimal such as `1.1305` as a whole number of its hundred-thousandths. */
export function scaleRate(decimal: string): bigint {
  const [, units, fraction = ""] = /^(\d+)(?:\.(\d{1,5}))?$/.exec(decimal) ?? [];
  const scaled = units === undefined ? 0n : BigInt(units + fraction.padEnd(decimals, "0"));
  if (scaled === 0n) {
    throw new Error(`rate ${quote(decimal)}: expected a positive decimal of up to five places`);
  }
  return scaled;
}
