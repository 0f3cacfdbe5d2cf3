import type { Money } from "#protos/hipstershop.ts";
import { invalid, quote } from "./check-input.ts";
import { StatusError } from "./status.ts";

/** Billionths (`nanos`) in one unit of a currency. */
export const nanosPerUnit = 1_000_000_000n;

/**
 * Validates an amount in a request: a code of three capital letters, nanos of at most nine digits, and the
 * same sign in both parts. Only the currency service checks whether the currency exists.
 *
 * @param field the amount's name in the request, such as `amount` or `from[3]`
 * @throws StatusError INVALID_ARGUMENT that names the field, its value and the rule
 */
export function validateMoney(amount: Money | undefined, field: string): Money {
  if (amount === undefined) throw invalid(`${field} is missing: expected an amount of money`);
  const { currencyCode, units, nanos } = amount;
  if (!/^[A-Z]{3}$/.test(currencyCode)) {
    const rule = "expected three capital letters (ISO 4217)";
    throw invalid(`${field}.currency_code is ${quote(currencyCode)}: ${rule}`);
  }
  if (!Number.isInteger(nanos) || Math.abs(nanos) > 999_999_999) {
    throw invalid(`${field}.nanos is ${nanos}: expected -999999999 to 999999999`);
  }
  if ((units > 0n && nanos < 0) || (units < 0n && nanos > 0)) {
    const rule = "expected the same sign in both";
    throw invalid(`${field}.units is ${units} while ${field}.nanos is ${nanos}: ${rule}`);
  }
  return amount;
}

/**
 * Adds amounts of one currency, exactly.
 *
 * @throws StatusError INVALID_ARGUMENT for different currencies, OUT_OF_RANGE beyond int64 units
 */
export function sumMoney(first: Money, ...rest: readonly Money[]): Money {
  const { currencyCode } = first;
  const other = rest.find((amount) => amount.currencyCode !== currencyCode);
  if (other) throw invalid(`cannot add ${quote(other.currencyCode)} to ${quote(currencyCode)}`);
  return moneyOfNanos(
    currencyCode,
    rest.reduce((total, amount) => total + nanosOf(amount), nanosOf(first)),
  );
}

/**
 * Multiplies an amount by a whole number, exactly.
 *
 * @throws StatusError INVALID_ARGUMENT for a fraction, OUT_OF_RANGE beyond int64 units
 */
export function multiplyMoney(amount: Money, factor: number): Money {
  if (!Number.isSafeInteger(factor)) {
    throw invalid(`cannot multiply an amount by ${factor}: expected a whole number`);
  }
  return moneyOfNanos(amount.currencyCode, nanosOf(amount) * BigInt(factor));
}

/** The whole amount in billionths of a unit, for exact arithmetic. */
export function nanosOf({ units, nanos }: Money): bigint {
  return units * nanosPerUnit + BigInt(nanos);
}

/**
 * Converts billionths of a unit to an amount.
 *
 * @throws StatusError OUT_OF_RANGE if the units do not fit into int64
 */
export function moneyOfNanos(currencyCode: string, totalNanos: bigint): Money {
  const units = totalNanos / nanosPerUnit;
  if (BigInt.asIntN(64, units) !== units) {
    throw new StatusError(
      "OUT_OF_RANGE",
      `${units} ${currencyCode} is out of range: expected int64 units`,
    );
  }
  return { currencyCode, units, nanos: Number(totalNanos % nanosPerUnit) };
}

const symbols: Readonly<Record<string, string>> = {
  USD: "$",
  CAD: "$",
  EUR: "€",
  JPY: "¥",
  GBP: "£",
  TRY: "₺",
};

// The currencies of the currency service whose smallest unit is not a hundredth (ISO 4217).
const minorDigits: Readonly<Record<string, number>> = { ISK: 0, JPY: 0, KRW: 0 };

function minorDigitsOf(currencyCode: string): number {
  return minorDigits[currencyCode] ?? 2;
}

function nanosPerMinorUnit(currencyCode: string): bigint {
  return nanosPerUnit / 10n ** BigInt(minorDigitsOf(currencyCode));
}

/**
 * Truncates an amount to the smallest unit of its currency, toward zero: it is then the amount that
 * `formatMoney` shows.
 */
export function truncateMoney(amount: Money): Money {
  const nanos = nanosOf(amount);
  return moneyOfNanos(
    amount.currencyCode,
    nanos - (nanos % nanosPerMinorUnit(amount.currencyCode)),
  );
}

/**
 * Formats an amount for pages and mails: `$19.99` or `¥2235` for the currencies of the storefront,
 * `CHF 12.00` for all others. Fractions of the smallest unit are cut off, not rounded, as in Online
 * Boutique.
 */
export function formatMoney(amount: Money): string {
  const { currencyCode } = amount;
  const minorUnits = nanosOf(amount) / nanosPerMinorUnit(currencyCode);
  const digits = minorDigitsOf(currencyCode);
  const text = (minorUnits < 0n ? -minorUnits : minorUnits).toString().padStart(digits + 1, "0");
  const point = text.length - digits;
  const fraction = digits === 0 ? "" : `.${text.slice(point)}`;
  const prefix = symbols[currencyCode] ?? `${currencyCode} `;
  return `${minorUnits < 0n ? "-" : ""}${prefix}${text.slice(0, point)}${fraction}`;
}
