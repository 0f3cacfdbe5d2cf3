/** The currency of who has not chosen one. */
export const defaultCurrencyCode = "USD";

const shownCurrencies: ReadonlyMap<string, string> = new Map([
  ["EUR", "€ EUR"],
  ["USD", "$ USD"],
  ["JPY", "¥ JPY"],
  ["GBP", "£ GBP"],
  ["TRY", "₺ TRY"],
  ["CAD", "$ CAD"],
]);

/** Whether the storefront offers a currency: six of the 33 that the currency service knows. */
export function isShownCurrency(code: string): boolean {
  return shownCurrencies.has(code);
}

/** The currencies to offer out of those that the service supports, in the service's order. */
export function chooseShownCurrencies(supported: readonly string[]): readonly string[] {
  return supported.filter(isShownCurrency);
}

/** How a currency is called in the header's list: symbol and code. */
export function labelCurrency(code: string): string {
  return shownCurrencies.get(code) ?? code;
}
