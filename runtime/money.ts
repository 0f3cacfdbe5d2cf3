import type { Money } from "#protos/hipstershop.ts";
import { quote } from "./check-input.ts";
import { StatusError } from "./status.ts";

/** Billionths in a unit: what Money counts its fraction in. */
export const nanosPerUnit = 1_000_000_000n;

/**
 * Checks an amount that came over the wire: a code of three capital letters, nanos of at most nine
 * digits, both parts of one sign. Whether the currency exists is the currency service's to say.
 *
 * @param field how the amount is called in the request, such as `amount` or `from[3]`
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
 * Takes an amount a whole number of times, exactly.
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
 * The amount of so many billionths of a unit.
 *
 * @throws StatusError OUT_OF_RANGE where the units do not fit into int64
 */
export function moneyOfNanos(currencyCode: string, totalNanos: bigint): Money {
  const units = totalNanos / nanosPerUnit;
  if (BigInt.asIntN(64, units) !== units) {
    throw new StatusError("OUT_OF_RANGE", `${units} ${currencyCode} is more than an amount can be`);
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

const nanosPerCent = nanosPerUnit / 100n;

/**
 * Shows an amount to people: `$19.99` for the currencies of the storefront, `CHF 12.00` for all
 * others. What is below a cent is cut off, not rounded, as Online Boutique does.
 */
export function formatMoney(amount: Money): string {
  const cents = nanosOf(amount) / nanosPerCent;
  const digits = (cents < 0n ? -cents : cents).toString().padStart(3, "0");
  const prefix = symbols[amount.currencyCode] ?? `${amount.currencyCode} `;
  return `${cents < 0n ? "-" : ""}${prefix}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

function invalid(message: string): StatusError {
  return new StatusError("INVALID_ARGUMENT", message);
}
