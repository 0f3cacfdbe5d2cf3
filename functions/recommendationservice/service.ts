import type {
  ProductCatalogServiceDefinition,
  RecommendationServiceDefinition,
} from "#protos/hipstershop.ts";
import { limitList, limitText } from "#runtime/check-input.ts";
import { counter } from "#runtime/metrics.ts";
import type { Client, Handlers } from "#runtime/rpc.ts";
import { type StatusCode, StatusError, toStatusError } from "#runtime/status.ts";
import { sample } from "./sample.ts";

const maxRecommendations = 5;

// More than the number of lines of any cart. Both limits bound the cost of one call.
const maxProductIds = 10_000;
const maxIdLength = 256;

const recommended = counter({
  name: "shop_recommendations_total",
  help: "Recommended products.",
});

/**
 * The handlers of the recommendation service. Recommendations do not depend on `user_id`.
 *
 * @param random returns a number from 0 to below 1
 */
export function createRecommendationService(
  catalog: Pick<Client<ProductCatalogServiceDefinition>, "listProducts">,
  random: () => number,
): Handlers<RecommendationServiceDefinition> {
  return {
    listRecommendations: async ({ productIds }) => {
      limitList(productIds, "product_ids", maxProductIds);
      for (const [index, id] of productIds.entries()) {
        limitText(id, `product_ids[${index}]`, maxIdLength);
      }
      const { products } = await catalog.listProducts({}).catch(throwCatalogFailure);
      const seen = new Set(productIds);
      const others = products.map(({ id }) => id).filter((id) => !seen.has(id));
      const drawn = sample(others, maxRecommendations, random);
      recommended.inc({}, drawn.length);
      return { productIds: drawn };
    },
  };
}

// Codes that a caller can act on are kept. All others are a defect of this service or of the catalog.
const keptCodes: ReadonlySet<StatusCode> = new Set<StatusCode>([
  "UNAVAILABLE",
  "DEADLINE_EXCEEDED",
  "CANCELLED",
  "RESOURCE_EXHAUSTED",
]);

function throwCatalogFailure(error: unknown): never {
  const { code } = toStatusError(error);
  throw new StatusError(
    keptCodes.has(code) ? code : "INTERNAL",
    `cannot recommend products: the product catalog failed with ${code}`,
    { cause: error },
  );
}
