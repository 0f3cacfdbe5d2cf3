import { setTimeout as delay } from "node:timers/promises";
import type { ProductCatalogServiceDefinition } from "#protos/hipstershop.ts";
import { limitList, limitText, requireText } from "#runtime/check-input.ts";
import type { CallContext, Handlers } from "#runtime/rpc.ts";
import { StatusError } from "#runtime/status.ts";
import type { Catalog } from "./catalog.ts";

const maxIdLength = 256;
const maxQueryLength = 1024;

// More than the number of lines of any cart.
const maxIds = 10_000;

/** The catalogs that requests read. */
export interface Catalogs {
  /** The present one. */
  present(): Promise<Catalog>;
  /** That of a version, if pages may still show it; otherwise the present one. */
  at(version: string | undefined): Promise<Catalog>;
}

/**
 * The handlers of the product catalog service. Clients may use lists, search results and the products of the
 * present version again for a while. A product without a version is always the present one.
 *
 * @param extraLatencyMs is added to every call
 */
export function createProductCatalogService(
  catalogs: Catalogs,
  extraLatencyMs: number,
): Handlers<ProductCatalogServiceDefinition> {
  return {
    listProducts: async (_request, context) => {
      if (extraLatencyMs > 0) await slowDown(extraLatencyMs, context);
      const { list, cachePolicy } = await catalogs.present();
      context.allowCaching(cachePolicy);
      return list;
    },
    getProduct: async ({ id }, context) => {
      requireText(id, "id", maxIdLength);
      if (extraLatencyMs > 0) await slowDown(extraLatencyMs, context);
      const product = (await catalogs.present()).find(id);
      if (product) return product;
      throw new StatusError("NOT_FOUND", `no product with ID ${id}`);
    },
    getProducts: async ({ ids, version: wanted }, context) => {
      limitList(ids, "ids", maxIds);
      for (const [index, id] of ids.entries()) requireText(id, `ids[${index}]`, maxIdLength);
      limitText(wanted ?? "", "version", maxIdLength);
      if (extraLatencyMs > 0) await slowDown(extraLatencyMs, context);
      const catalog = await catalogs.at(wanted);
      const { find, version, cachePolicy } = catalog;
      // The catalog knows its present version at least as long as the policy says. A replaced one may end sooner.
      if (wanted === version && catalog === (await catalogs.present())) {
        context.allowCaching(cachePolicy);
      }
      return { products: [...new Set(ids)].flatMap((id) => find(id) ?? []), version };
    },
    searchProducts: async ({ query }, context) => {
      limitText(query, "query", maxQueryLength);
      if (extraLatencyMs > 0) await slowDown(extraLatencyMs, context);
      const { search, cachePolicy } = await catalogs.present();
      context.allowCaching(cachePolicy);
      return { results: search(query) };
    },
  };
}

// 24.8 days: Node.js timers with a longer delay fire at once.
const maxDelayMs = 2 ** 31 - 1;

async function slowDown(latencyMs: number, { method, signal }: CallContext): Promise<void> {
  try {
    await delay(Math.min(latencyMs, maxDelayMs), undefined, { signal });
  } catch (cause) {
    const message = `${method} was cancelled during EXTRA_LATENCY`;
    throw new StatusError("CANCELLED", message, { cause });
  }
}
