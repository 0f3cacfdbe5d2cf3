import { invalid, quote } from "#runtime/check-input.ts";
import decimalRates from "./rates.json" with { type: "json" };

/** Units of each currency per euro, times the same power of ten, in the order of `rates.json`. */
export type Rates = ReadonlyMap<string, bigint>;

// Rates have up to five decimals. Conversion divides one by another, so the scale cancels out and no
// intermediate result is rounded.
const decimals = 5;

/** The rates of Online Boutique: 33 currencies, the euro first. */
export const shopRates: Rates = new Map(
  Object.entries(decimalRates).map(([code, rate]) => [code, scaleRate(rate)]),
);

/**
 * Returns the rate of a currency.
 *
 * @param field the name of the field with the code, for the error
 * @throws StatusError INVALID_ARGUMENT for a currency that has no rate
 */
export function rateOf(rates: Rates, code: string, field: string): bigint {
  const rate = rates.get(code);
  if (rate !== undefined) return rate;
  throw invalid(
    `${field} is ${quote(code)}: expected one of the ${rates.size} codes of GetSupportedCurrencies`,
  );
}

/** Turns a decimal such as `1.1305` into a whole number of hundred-thousandths. */
export function scaleRate(decimal: string): bigint {
  const [, units, fraction = ""] = /^(\d+)(?:\.(\d{1,5}))?$/.exec(decimal) ?? [];
  const scaled = units === undefined ? 0n : BigInt(units + fraction.padEnd(decimals, "0"));
  if (scaled === 0n) {
    throw new Error(`rate ${quote(decimal)}: expected a positive decimal of up to five places`);
  }
  return scaled;
}
