import type { CartItem, Money } from "#protos/hipstershop.ts";
import { invalid, limitList } from "#runtime/check-input.ts";
import { formatMoney } from "#runtime/money.ts";
import { nameBasedId } from "#runtime/name-based-id.ts";

const free: Money = { currencyCode: "USD", units: 0n, nanos: 0 };
const flatRate: Money = { currencyCode: "USD", units: 8n, nanos: 990_000_000 };

// A random UUID.
const versionNamespace = "d0e3210b-c9ba-4130-b797-6461878e2457";

/** Identifies the rates that quotes follow. */
export function versionOfRates(): string {
  return nameBasedId(versionNamespace, ...[free, flatRate].map(formatMoney));
}

/** Returns the price of shipping: Online Boutique's flat rate of $8.99, or 0 for no pieces. */
export function quoteShipping(pieces: number): Money {
  return pieces === 0 ? free : flatRate;
}

// More than the number of lines of any cart. It bounds the cost of one call.
const maxLines = 10_000;

/**
 * Counts the pieces of all lines.
 *
 * @throws StatusError INVALID_ARGUMENT for a negative quantity, and for more than 10,000 lines
 */
export function countPieces(items: readonly CartItem[]): number {
  limitList(items, "items", maxLines);
  return items.reduce((sum, { quantity }, index) => {
    if (quantity >= 0) return sum + quantity;
    throw invalid(`items[${index}].quantity is ${quantity}: expected 0 or more`);
  }, 0);
}
