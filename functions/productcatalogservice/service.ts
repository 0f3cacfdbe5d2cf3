import { setTimeout as delay } from "node:timers/promises";
import type { ProductCatalogServiceDefinition } from "#protos/hipstershop.ts";
import { limitText, requireText } from "#runtime/check-input.ts";
import type { CallContext, Handlers } from "#runtime/rpc.ts";
import { StatusError } from "#runtime/status.ts";
import type { Catalog } from "./catalog.ts";

const maxIdLength = 256;
const maxQueryLength = 1024;

/** The handlers of the product catalog service; `extraLatencyMs` is added to every call. */
export function createProductCatalogService(
  catalog: Catalog,
  extraLatencyMs: number,
): Handlers<ProductCatalogServiceDefinition> {
  const products = [...catalog.products];
  return {
    listProducts: async (_request, context) => {
      if (extraLatencyMs > 0) await slowDown(extraLatencyMs, context);
      return { products };
    },
    getProduct: async ({ id }, context) => {
      requireText(id, "id", maxIdLength);
      if (extraLatencyMs > 0) await slowDown(extraLatencyMs, context);
      const product = catalog.find(id);
      if (product) return product;
      throw new StatusError("NOT_FOUND", `no product with ID ${id}`);
    },
    searchProducts: async ({ query }, context) => {
      limitText(query, "query", maxQueryLength);
      if (extraLatencyMs > 0) await slowDown(extraLatencyMs, context);
      return { results: catalog.search(query) };
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
