import type { Product } from "#protos/hipstershop.ts";
import type { StorefrontContext } from "../http/context.ts";
import { sendPage } from "../http/send-page.ts";
import { renderOrderPage } from "../pages/order.ts";
import { outcomeLabels, outcomeOf } from "../pages/order-state.ts";
import { type HeaderData, loadHeader } from "../shop/header-data.ts";
import type { KeptOrder } from "../shop/kept-order.ts";
import { listKnownProducts, orElse, pickAd, suggestProducts } from "../shop/optional-parts.ts";
import { type OrderOffers, productIdsOf } from "../shop/placed-orders.ts";
import { priceCatalog } from "../shop/prices.ts";

/** What an order's page shows beside the order. All of it is optional, so that no promise rejects. */
interface OrderPageParts {
  readonly header: Promise<HeaderData>;
  readonly catalog: Promise<readonly Product[]>;
  /** Undefined if the products of the order are not known yet. */
  readonly offers: Promise<OrderOffers> | undefined;
}

/**
 * Starts to load what an order's page shows beside the order.
 *
 * @param offers its offers, if they are being loaded
 */
export function loadOrderPage(c: StorefrontContext, offers?: Promise<OrderOffers>): OrderPageParts {
  const { shop, visit } = c.var;
  return { header: loadHeader(shop, visit), catalog: listKnownProducts(shop), offers };
}

/** Sends the page of an order. */
export async function showOrder(
  c: StorefrontContext,
  order: KeptOrder,
  parts: OrderPageParts = loadOrderPage(c),
): Promise<Response> {
  const ids = productIdsOf(order.order);
  const outcome = outcomeOf(order.state);
  // Only a placed order is an occasion for advertisement.
  const isPlaced = outcome === "placed";
  const [header, catalog, offers] = await Promise.all([
    parts.header,
    parts.catalog,
    isPlaced ? (parts.offers ?? loadOffers(c, ids, parts.catalog)) : noOffers,
  ]);
  const products = productsIn(catalog, ids).map((product) => ({
    ...product,
    picture: c.var.shop.files.url(product.picture),
  }));
  return sendPage(c, {
    title: isPlaced ? "Thank you" : outcomeLabels[outcome],
    body: renderOrderPage({ order, products, ...offers }),
    header,
  });
}

const noOffers: OrderOffers = { suggestions: [], ad: undefined };

/** Loads what the page of an order recommends. It never rejects. */
export async function loadOffers(
  { var: { shop, visit } }: StorefrontContext,
  orderedIds: readonly string[],
  catalog: Promise<readonly Product[]> = listKnownProducts(shop),
): Promise<OrderOffers> {
  const suggested = suggestProducts(shop, catalog, visit.sessionId, orderedIds);
  const [suggestions, ad] = await Promise.all([
    orElse("recommendations", [], async () => {
      const priced = catalog.then((all) => priceCatalog(shop, all, visit.currencyCode));
      const [others, { show }] = await Promise.all([suggested, priced]);
      return others.map(show);
    }),
    catalog.then((all) => {
      const categories = productsIn(all, orderedIds).flatMap((product) => product.categories);
      return pickAd(shop, categories);
    }),
  ]);
  return { suggestions, ad };
}

function productsIn(catalog: readonly Product[], ids: readonly string[]): readonly Product[] {
  return catalog.filter(({ id }) => ids.includes(id));
}
