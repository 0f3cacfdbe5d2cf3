/** The currency of visitors who have not chosen one. */
export const defaultCurrencyCode = "USD";

const labels: ReadonlyMap<string, string> = new Map([
  ["EUR", "€ EUR"],
  ["USD", "$ USD"],
  ["JPY", "¥ JPY"],
  ["GBP", "£ GBP"],
  ["TRY", "₺ TRY"],
  ["CAD", "$ CAD"],
]);

/** Whether the storefront offers a currency: six of the 33 that the currency service supports. */
export function isOfferedCurrency(code: string): boolean {
  return labels.has(code);
}

/** The label of a currency: symbol and code. */
export function labelCurrency(code: string): string {
  return labels.get(code) ?? code;
}
