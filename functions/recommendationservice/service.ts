import type {
  ProductCatalogServiceDefinition,
  RecommendationServiceDefinition,
} from "#protos/hipstershop.ts";
import { limitList, limitText } from "#runtime/check-input.ts";
import { counter } from "#runtime/metrics.ts";
import type { Client, Handlers } from "#runtime/rpc.ts";
import { type StatusCode, StatusError, toStatusError } from "#runtime/status.ts";
import { sample } from "./sample.ts";

/** What the service works with. */
export interface RecommendationDependencies {
  readonly catalog: Pick<Client<ProductCatalogServiceDefinition>, "listProducts">;
  /** A number from 0 up to but not including 1 at every call. */
  readonly random: () => number;
}

const maxRecommendations = 5;

// More products than any cart has lines; together they bound what one call may cost.
const maxProductIds = 10_000;
const maxIdLength = 256;

const recommended = counter({
  name: "shop_recommendations_total",
  help: "Products recommended.",
});

/** Answers RecommendationService. Everybody gets the same chances: `user_id` is not looked at. */
export function createRecommendationService({
  catalog,
  random,
}: RecommendationDependencies): Handlers<RecommendationServiceDefinition> {
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

// What the caller may act on stays as it is: whether to ask again, or that it has left. Anything
// else says that this service asked for something wrong, or that the catalog is broken.
const passedOn: ReadonlySet<StatusCode> = new Set<StatusCode>([
  "UNAVAILABLE",
  "DEADLINE_EXCEEDED",
  "CANCELLED",
  "RESOURCE_EXHAUSTED",
]);

function throwCatalogFailure(error: unknown): never {
  const { code } = toStatusError(error);
  throw new StatusError(
    passedOn.has(code) ? code : "INTERNAL",
    `cannot recommend anything: the product catalog failed with ${code}`,
    { cause: error },
  );
}
