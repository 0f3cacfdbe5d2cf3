import type { Product } from "#protos/hipstershop.ts";
import type { StorefrontContext } from "../http/context.ts";
import { sendPage } from "../http/send-page.ts";
import { renderOrderPage } from "../pages/order.ts";
import { outcomeLabels, outcomeOf } from "../pages/order-state.ts";
import { loadHeader } from "../shop/header-data.ts";
import { listKnownProducts, orElse, pickAd, suggestProducts } from "../shop/optional-parts.ts";
import type { KeptOrder } from "../shop/orders.ts";
import { priceProducts, type ShownProduct } from "../shop/prices.ts";

/** Sends the page of an order. Everything on it but the order is optional. */
export async function showOrder(c: StorefrontContext, order: KeptOrder): Promise<Response> {
  const { shop, visit } = c.var;
  const outcome = outcomeOf(order.state);
  // Only a placed order is an occasion for advertisement.
  const isPlaced = outcome === "placed";
  const ids = order.order.items.flatMap(({ item }) => item?.productId ?? []);
  const listed = listKnownProducts(shop);
  const ordered = listed.then((all) => all.filter(({ id }) => ids.includes(id)));
  const [header, products, suggestions, ad] = await Promise.all([
    loadHeader(shop, visit),
    ordered,
    isPlaced ? loadSuggestions(c, listed, ids) : [],
    isPlaced
      ? ordered.then((each) =>
          pickAd(
            shop,
            each.flatMap((p) => p.categories),
          ),
        )
      : undefined,
  ]);
  const shown = products.map((product) => ({
    ...product,
    picture: shop.files.url(product.picture),
  }));
  return sendPage(c, {
    title: isPlaced ? "Thank you" : outcomeLabels[outcome],
    body: renderOrderPage({ order, products: shown, suggestions, ad }),
    header,
  });
}

async function loadSuggestions(
  { var: { shop, visit } }: StorefrontContext,
  catalog: Promise<readonly Product[]>,
  ids: readonly string[],
): Promise<readonly ShownProduct[]> {
  const suggested = await suggestProducts(shop, catalog, visit.sessionId, ids);
  return orElse("recommendations", [], () => priceProducts(shop, suggested, visit.currencyCode));
}
