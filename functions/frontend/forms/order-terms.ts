import type { Cart, CartItem, Money } from "#protos/hipstershop.ts";
import { isUuid } from "#runtime/name-based-id.ts";
import type { FormFields, Validated } from "./read-form.ts";

/**
 * What the page of an order form promised: its hidden fields. Each is undefined if the form does not have
 * it, as Online Boutique's.
 */
export interface OrderTerms {
  /** A UUID: forms with the same one place one order. */
  readonly requestId: string | undefined;
  /** The total that the page showed. */
  readonly expectedTotal: Money | undefined;
  /** The version of the cart that the page showed. */
  readonly cartVersion: string | undefined;
  /** The version of the catalog that the page showed. */
  readonly catalogVersion: string | undefined;
  /** The cart that the page showed: with it, checkout is faster. */
  readonly expectedCart: Cart | undefined;
}

/** The terms of a form that has none. */
export const noTerms: OrderTerms = {
  requestId: undefined,
  expectedTotal: undefined,
  cartVersion: undefined,
  catalogVersion: undefined,
  expectedCart: undefined,
};

/**
 * Reads the hidden fields of the order form: `request_id`, `expected_total`, `cart_version`,
 * `catalog_version` and `expected_cart`.
 */
export function readOrderTerms(fields: FormFields): Validated<OrderTerms> {
  const errors = new Map<string, string>();
  const read = <T>(name: string, rule: string, parse: (text: string) => T | undefined) => {
    const text = fields.get(name)?.trim();
    const value = text === undefined ? undefined : parse(text);
    if (text !== undefined && value === undefined) errors.set(name, rule);
    return value;
  };
  const value: OrderTerms = {
    requestId: read("request_id", "a UUID", (text) => (isUuid(text) ? text : undefined)),
    expectedTotal: read("expected_total", "an amount such as USD 28.98", parseAmount),
    cartVersion: read("cart_version", versionRule, parseVersion),
    catalogVersion: read("catalog_version", versionRule, parseVersion),
    expectedCart: read("expected_cart", "lines such as OLJCESPC7Z 1,6E92ZMYYFZ 2", parseCart),
  };
  return errors.size > 0 ? { errors } : { value };
}

/** The hidden fields for terms, by name. */
export function hiddenFieldsFor(terms: OrderTerms): ReadonlyMap<string, string> {
  const { requestId, expectedTotal, cartVersion, catalogVersion, expectedCart } = terms;
  const fields = new Map<string, string>();
  if (requestId !== undefined) fields.set("request_id", requestId);
  if (expectedTotal) fields.set("expected_total", formatAmount(expectedTotal));
  if (cartVersion !== undefined) fields.set("cart_version", cartVersion);
  if (catalogVersion !== undefined) fields.set("catalog_version", catalogVersion);
  const lines = formatCart(expectedCart?.items ?? []);
  if (lines !== "" && lines.length <= maxCartLength) fields.set("expected_cart", lines);
  return fields;
}

const versionRule = "1 to 128 printable ASCII characters";

function parseVersion(text: string): string | undefined {
  return /^[!-~]{1,128}$/.test(text) ? text : undefined;
}

// Exact, unlike formatMoney, which cuts off fractions and has one symbol for several currencies.
function formatAmount({ currencyCode, units, nanos }: Money): string {
  const fraction = String(nanos).padStart(9, "0").replace(/0+$/, "");
  return `${currencyCode} ${units}${fraction && `.${fraction}`}`;
}

function parseAmount(text: string): Money | undefined {
  // 18 digits always fit into int64.
  const match = /^([A-Z]{3}) (\d{1,18})(?:\.(\d{1,9}))?$/.exec(text);
  if (!match) return undefined;
  const [, currencyCode = "", units = "", fraction = ""] = match;
  return { currencyCode, units: BigInt(units), nanos: Number(fraction.padEnd(9, "0")) };
}

// Longer lines, which only very long product ids have, are not worth their transfer.
const maxCartLength = 4096;

function formatCart(items: readonly CartItem[]): string {
  return items
    .map(({ productId, quantity }) => `${encodeURIComponent(productId)} ${quantity}`)
    .join();
}

function parseCart(text: string): Cart | undefined {
  const lines = text.length > maxCartLength ? [] : text.split(",").map(parseLine);
  const items = lines.filter((line) => line !== undefined);
  return items.length > 0 && items.length === lines.length ? { userId: "", items } : undefined;
}

// The largest int32, the type of a quantity.
const maxQuantity = 2_147_483_647;

function parseLine(text: string): CartItem | undefined {
  const [, id = "", quantity] = /^([!-~]+) ([1-9]\d{0,9})$/.exec(text) ?? [];
  if (quantity === undefined || Number(quantity) > maxQuantity) return undefined;
  try {
    return { productId: decodeURIComponent(id), quantity: Number(quantity) };
  } catch {
    return undefined;
  }
}
