import type { CartItem, Money, Product } from "#protos/hipstershop.ts";
import { StatusError, toStatusError } from "#runtime/status.ts";
import type { OrderClients } from "../clients.ts";
import { runStep } from "./step-error.ts";
import { trustMoney } from "./trust-money.ts";

const step = "failed to prepare order";

/**
 * Reads the unit prices of the lines in US dollars with one call, in their order.
 *
 * @param version the version of the catalog that the customer saw; the present one if the catalog does not
 *   know it any more
 * @param isFresh whether the catalog is called even if its response is kept
 * @throws StatusError FAILED_PRECONDITION for a product that is not sold
 */
export async function readPrices(
  { catalog }: Pick<OrderClients, "catalog">,
  items: readonly CartItem[],
  version: string | undefined,
  isFresh: boolean,
): Promise<Money[]> {
  const ids = items.map(({ productId }) => productId);
  const products = await runStep(step, () => readProducts(catalog, ids, version, isFresh));
  const byId = new Map(products.map((product) => [product.id, product]));
  const missing = ids.find((id) => !byId.has(id));
  if (missing !== undefined) {
    const message = `${step}: the product ${missing} in the cart is not sold any more`;
    throw new StatusError("FAILED_PRECONDITION", message);
  }
  return runStep(step, async () =>
    ids.map((id) => trustMoney(byId.get(id)?.priceUsd, `the price of ${id}`)),
  );
}

async function readProducts(
  catalog: OrderClients["catalog"],
  ids: string[],
  version: string | undefined,
  isFresh: boolean,
): Promise<Product[]> {
  try {
    return (await catalog.getProducts({ ids, version }, { isFresh })).products;
  } catch (error) {
    // Online Boutique's catalog returns one product per call, and has no versions.
    if (toStatusError(error).code !== "UNIMPLEMENTED") throw error;
    return (await Promise.all(ids.map((id) => findProduct(catalog, id)))).flat();
  }
}

async function findProduct(catalog: OrderClients["catalog"], id: string): Promise<Product[]> {
  try {
    return [await catalog.getProduct({ id })];
  } catch (error) {
    if (toStatusError(error).code === "NOT_FOUND") return [];
    throw error;
  }
}
