import type { Money, Product } from "#protos/hipstershop.ts";

type JsonObject = Readonly<Record<string, unknown>>;
type Report = (path: string, value: unknown, rule: string) => void;

/**
 * Validates a catalog in the format of Online Boutique's `products.json`: `{"products": [...]}` with the
 * fields of the proto by their JSON names. Prices are in US dollars. Returns the products in the same
 * order, or one sentence for each mistake.
 */
export function parseCatalog(json: unknown): { products: Product[] } | { mistakes: string[] } {
  const mistakes: string[] = [];
  const report: Report = (path, value, rule) => {
    mistakes.push(`${path} is ${show(value)}: expected ${rule}`);
  };
  const list = isObject(json) ? json.products : undefined;
  if (!Array.isArray(list) || list.length === 0) {
    report("products", list, "a list of at least one product");
    return { mistakes };
  }
  const products = list.map((entry: unknown, index) =>
    readProduct(entry, `products[${index}]`, report),
  );
  reportRepeatedIds(products, report);
  return mistakes.length > 0 ? { mistakes } : { products };
}

const productFields = ["id", "name", "description", "picture", "priceUsd", "categories"];
const moneyFields = ["currencyCode", "units", "nanos"];

// Placeholders for invalid values; a catalog with mistakes is not returned.
const noMoney: Money = { currencyCode: "USD", units: 0n, nanos: 0 };
const noProduct: Product = {
  id: "",
  name: "",
  description: "",
  picture: "",
  priceUsd: noMoney,
  categories: [],
};

function readProduct(entry: unknown, path: string, report: Report): Product {
  const fields = readObject(entry, path, productFields, report);
  if (!fields) return noProduct;
  return {
    id: readText(fields.id, `${path}.id`, report),
    name: readText(fields.name, `${path}.name`, report),
    description: readText(fields.description ?? "", `${path}.description`, report, 0),
    picture: readText(fields.picture ?? "", `${path}.picture`, report, 0),
    priceUsd: readPrice(fields.priceUsd, `${path}.priceUsd`, report),
    categories: readCategories(fields.categories ?? [], `${path}.categories`, report),
  };
}

function readPrice(value: unknown, path: string, report: Report): Money {
  const fields = readObject(value, path, moneyFields, report);
  if (!fields) return noMoney;
  const { currencyCode, units = 0, nanos = 0 } = fields;
  if (currencyCode !== "USD") report(`${path}.currencyCode`, currencyCode, '"USD"');
  if (!isUnits(units)) report(`${path}.units`, units, "a whole number, not negative");
  if (!isNanos(nanos)) report(`${path}.nanos`, nanos, "0 to 999999999");
  return {
    currencyCode: "USD",
    units: isUnits(units) ? BigInt(units) : 0n,
    nanos: isNanos(nanos) ? nanos : 0,
  };
}

// Protobuf's JSON form has int64 as a string; files written by hand have numbers.
function isUnits(value: unknown): value is number | string {
  if (typeof value === "string") return /^\d{1,18}$/.test(value);
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isNanos(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 999_999_999;
}

function readCategories(value: unknown, path: string, report: Report): string[] {
  if (!Array.isArray(value)) {
    report(path, value, "a list of texts");
    return [];
  }
  return value.map((category: unknown, index) => readText(category, `${path}[${index}]`, report));
}

function readText(value: unknown, path: string, report: Report, minLength = 1): string {
  if (typeof value === "string" && value.length >= minLength) return value;
  report(path, value, minLength > 0 ? "a text that is not empty" : "a text");
  return "";
}

function readObject(
  value: unknown,
  path: string,
  known: readonly string[],
  report: Report,
): JsonObject | undefined {
  if (!isObject(value)) {
    report(path, value, `an object with ${known.join(", ")}`);
    return undefined;
  }
  for (const key of Object.keys(value)) {
    // Most often a misspelled name, which would leave the intended field empty.
    if (!known.includes(key)) report(`${path}.${key}`, value[key], `one of ${known.join(", ")}`);
  }
  return value;
}

function reportRepeatedIds(products: readonly Product[], report: Report): void {
  const firstIndex = new Map<string, number>();
  for (const [index, { id }] of products.entries()) {
    const first = firstIndex.get(id);
    if (id === "") continue;
    if (first === undefined) firstIndex.set(id, index);
    else report(`products[${index}].id`, id, `another id than that of products[${first}]`);
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
  const json = JSON.stringify(value) ?? "missing";
  return json.length > 60 ? `${json.slice(0, 60)}…` : json;
}
