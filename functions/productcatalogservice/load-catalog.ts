import { readFile } from "node:fs/promises";
import type { Product } from "#protos/hipstershop.ts";
import { ConfigError } from "#runtime/environment.ts";
import { parseCatalog } from "./parse-catalog.ts";
import ownProducts from "./products.json" with { type: "json" };

/**
 * Loads the built-in catalog, or that of a file.
 *
 * @throws ConfigError with all mistakes if the file cannot be read, is not JSON or is not a catalog
 */
export async function loadCatalog(file: string | undefined): Promise<readonly Product[]> {
  const parsed = parseCatalog(file === undefined ? ownProducts : await readJson(file));
  if ("products" in parsed) return parsed.products;
  throw new ConfigError(parsed.mistakes.map((mistake) => `PRODUCT_CATALOG_FILE: ${mistake}`));
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError([
      `PRODUCT_CATALOG_FILE is ${JSON.stringify(file)}: expected a readable JSON file (${reason})`,
    ]);
  }
}
