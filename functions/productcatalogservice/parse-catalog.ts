import { ListProductsResponse, type Product } from "#protos/hipstershop.ts";

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
  const list: unknown = isObject(json) ? json.products : undefined;
  if (!Array.isArray(list) || list.length === 0) {
    report("products", list, "a list of at least one product");
  } else {
    for (const [index, entry] of list.entries()) checkProduct(entry, `products[${index}]`, report);
    reportRepeatedIds(list, report);
  }
  return mistakes.length > 0 ? { mistakes } : ListProductsResponse.fromJSON(json);
}

const productFields = ["id", "name", "description", "picture", "priceUsd", "categories"];
const moneyFields = ["currencyCode", "units", "nanos"];

function checkProduct(entry: unknown, path: string, report: Report): void {
  const fields = readObject(entry, path, productFields, report);
  if (!fields) return;
  const categories = fields.categories ?? [];
  checkText(fields.id, `${path}.id`, report);
  checkText(fields.name, `${path}.name`, report);
  checkText(fields.description ?? "", `${path}.description`, report, 0);
  checkText(fields.picture ?? "", `${path}.picture`, report, 0);
  checkPrice(fields.priceUsd, `${path}.priceUsd`, report);
  if (Array.isArray(categories)) {
    for (const [index, category] of categories.entries()) {
      checkText(category, `${path}.categories[${index}]`, report);
    }
  } else report(`${path}.categories`, categories, "a list of texts");
}

function checkPrice(value: unknown, path: string, report: Report): void {
  const fields = readObject(value, path, moneyFields, report);
  if (!fields) return;
  const { currencyCode, units = 0, nanos = 0 } = fields;
  if (currencyCode !== "USD") report(`${path}.currencyCode`, currencyCode, '"USD"');
  if (!isUnits(units)) report(`${path}.units`, units, "a whole number, not negative");
  if (!isNanos(nanos)) report(`${path}.nanos`, nanos, "0 to 999999999");
}

// Protobuf's JSON form has int64 as a string; manually written files have numbers.
function isUnits(value: unknown): boolean {
  if (typeof value === "string") return /^\d{1,18}$/.test(value);
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function isNanos(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 999_999_999;
}

function checkText(value: unknown, path: string, report: Report, minLength = 1): void {
  if (typeof value === "string" && value.length >= minLength) return;
  report(path, value, minLength > 0 ? "a text that is not empty" : "a text");
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
    // Usually a misspelled name: the intended field would be empty.
    if (!known.includes(key)) report(`${path}.${key}`, value[key], `one of ${known.join(", ")}`);
  }
  return value;
}

function reportRepeatedIds(products: readonly unknown[], report: Report): void {
  const firstIndex = new Map<string, number>();
  for (const [index, product] of products.entries()) {
    const id = isObject(product) && typeof product.id === "string" ? product.id : "";
    const first = firstIndex.get(id);
    // An id that is wrong or empty has been reported.
    if (first === undefined || id === "") firstIndex.set(id, index);
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
