import type { Money, Product } from "#protos/hipstershop.ts";

/** Products in catalog order, or everything that is wrong with them, a sentence each. */
export type ParsedCatalog =
  | { readonly products: readonly Product[] }
  | { readonly mistakes: readonly string[] };

type JsonObject = Readonly<Record<string, unknown>>;
type Note = (path: string, value: unknown, rule: string) => void;

/**
 * Reads a catalog of the shape that Online Boutique's `products.json` has: `{"products": [...]}`
 * with the proto's fields in its JSON names. Prices are in US dollars, as the proto's field says.
 */
export function parseCatalog(json: unknown): ParsedCatalog {
  const mistakes: string[] = [];
  const note: Note = (path, value, rule) => {
    mistakes.push(`${path} is ${show(value)}: expected ${rule}`);
  };
  const list = isObject(json) ? json.products : undefined;
  if (!Array.isArray(list) || list.length === 0) {
    note("products", list, "a list of at least one product");
    return { mistakes };
  }
  const products = list.map((entry: unknown, index) =>
    readProduct(entry, `products[${index}]`, note),
  );
  noteRepeatedIds(products, note);
  return mistakes.length > 0 ? { mistakes } : { products };
}

const productFields = ["id", "name", "description", "picture", "priceUsd", "categories"];
const moneyFields = ["currencyCode", "units", "nanos"];

// Stand in for what is noted as a mistake already; a catalog with mistakes is never handed out.
const noMoney: Money = { currencyCode: "USD", units: 0n, nanos: 0 };
const noProduct: Product = {
  id: "",
  name: "",
  description: "",
  picture: "",
  priceUsd: noMoney,
  categories: [],
};

function readProduct(entry: unknown, path: string, note: Note): Product {
  const fields = readObject(entry, path, productFields, note);
  if (!fields) return noProduct;
  return {
    id: readText(fields.id, `${path}.id`, note),
    name: readText(fields.name, `${path}.name`, note),
    description: readText(fields.description ?? "", `${path}.description`, note, 0),
    picture: readText(fields.picture ?? "", `${path}.picture`, note, 0),
    priceUsd: readPrice(fields.priceUsd, `${path}.priceUsd`, note),
    categories: readCategories(fields.categories ?? [], `${path}.categories`, note),
  };
}

function readPrice(value: unknown, path: string, note: Note): Money {
  const fields = readObject(value, path, moneyFields, note);
  if (!fields) return noMoney;
  const { currencyCode, units = 0, nanos = 0 } = fields;
  if (currencyCode !== "USD") note(`${path}.currencyCode`, currencyCode, '"USD"');
  if (!isUnits(units)) note(`${path}.units`, units, "a whole number, not negative");
  if (!isNanos(nanos)) note(`${path}.nanos`, nanos, "0 to 999999999");
  return {
    currencyCode: "USD",
    units: isUnits(units) ? BigInt(units) : 0n,
    nanos: isNanos(nanos) ? nanos : 0,
  };
}

// The proto's JSON form writes int64 as a string; files written by hand have numbers.
function isUnits(value: unknown): value is number | string {
  if (typeof value === "string") return /^\d{1,18}$/.test(value);
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isNanos(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 999_999_999;
}

function readCategories(value: unknown, path: string, note: Note): string[] {
  if (!Array.isArray(value)) {
    note(path, value, "a list of texts");
    return [];
  }
  return value.map((category: unknown, index) => readText(category, `${path}[${index}]`, note));
}

function readText(value: unknown, path: string, note: Note, minLength = 1): string {
  if (typeof value === "string" && value.length >= minLength) return value;
  note(path, value, minLength > 0 ? "a text that is not empty" : "a text");
  return "";
}

function readObject(
  value: unknown,
  path: string,
  known: readonly string[],
  note: Note,
): JsonObject | undefined {
  if (!isObject(value)) {
    note(path, value, `an object with ${known.join(", ")}`);
    return undefined;
  }
  for (const key of Object.keys(value)) {
    // Most often a slip of the pen, which would silently leave the real field empty.
    if (!known.includes(key)) note(`${path}.${key}`, value[key], `one of ${known.join(", ")}`);
  }
  return value;
}

function noteRepeatedIds(products: readonly Product[], note: Note): void {
  const firstIndex = new Map<string, number>();
  for (const [index, { id }] of products.entries()) {
    const first = firstIndex.get(id);
    if (id === "") continue;
    if (first === undefined) firstIndex.set(id, index);
    else note(`products[${index}].id`, id, `another id than that of products[${first}]`);
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
  const json = JSON.stringify(value) ?? "missing";
  return json.length > 60 ? `${json.slice(0, 60)}…` : json;
}
