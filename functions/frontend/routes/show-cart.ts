import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { Cart, CartItem, ListProductsResponse, Product } from "#protos/hipstershop.ts";
import { multiplyMoney, sumMoney } from "#runtime/money.ts";
import type { OrderTerms } from "../forms/order-terms.ts";
import type { StorefrontContext } from "../http/context.ts";
import { sendPage } from "../http/send-page.ts";
import { type LineError, renderCartPage } from "../pages/cart.ts";
import type { Html } from "../pages/html.ts";
import { type OrderInput, sampleOrder } from "../pages/order-form.ts";
import type { Clients } from "../shop/clients.ts";
import { countItems, loadCurrencyCodes } from "../shop/header-data.ts";
import { suggestProducts } from "../shop/optional-parts.ts";
import { type PricedCatalog, priceCatalog } from "../shop/prices.ts";

/** The rejected form that the cart page answers. */
interface RejectedForm {
  /** The order form as sent, with its errors; the sample order by default. */
  readonly order?: OrderInput;
  /** The request id of the form, if it may be sent again with the same one; a new one by default. */
  readonly requestId?: string | undefined;
  readonly lineError?: LineError;
  /** Whether the catalog and the rates must not be those that were kept; false by default. */
  readonly isFresh?: boolean;
  /** Explains, given the terms of this page, why the cart was not ordered. */
  readonly explain?: (now: OrderTerms) => Html | string;
  /** The status of the page; by default 422 if anything is wrong. */
  readonly status?: ContentfulStatusCode;
}

/** Sends the cart page. Its order form states what the page shows. */
export async function showCart(
  c: StorefrontContext,
  { order = sampleOrder, requestId, lineError, isFresh, explain, status }: RejectedForm = {},
): Promise<Response> {
  const { shop, visit } = c.var;
  const { clients } = shop;
  const { currencyCode, sessionId } = visit;
  const read = clients.cart.getCart({ userId: sessionId });
  const listed = listWithItems(clients, read, isFresh);
  const products = listed.then((list) => list.products);
  const quoted = read.then(async ({ items }) => {
    if (items.length === 0) return undefined;
    const request = { address: undefined, items: [...items] };
    return (await clients.shipping.getQuote(request, { isFresh })).costUsd;
  });
  const priced = Promise.all([products, quoted]).then(([all, shipping]) =>
    priceCatalog(shop, all, currencyCode, { shipping, isFresh }),
  );
  const suggested = read.then(({ items }) => {
    const ids = items.map(({ productId }) => productId);
    return suggestProducts(shop, products, sessionId, ids);
  });
  const [catalog, { items, version: cartVersion }, prices, suggestions, currencyCodes] =
    await Promise.all([listed, read, priced, suggested, loadCurrencyCodes(shop, visit, priced)]);
  const cart = addUp(items, catalog.products, prices);
  const terms = {
    requestId: requestId ?? shop.createId(),
    expectedTotal: cart.total,
    cartVersion,
    catalogVersion: catalog.version,
    expectedCart: { userId: "", items },
  };
  const isRejected = Boolean(lineError || explain || order.errors.size > 0);
  return sendPage(c, {
    title: isRejected ? "Error: your cart" : "Your cart",
    body: renderCartPage({
      ...cart,
      suggestions: suggestions.map(prices.show),
      order: { ...order, terms, year: shop.now().getFullYear() },
      lineError,
      problem: explain?.(terms),
    }),
    header: { currencyCodes, cartSize: countItems(items) },
    status: status ?? (isRejected ? 422 : 200),
  });
}

// A product in the cart may be newer than a kept list.
async function listWithItems(
  { catalog }: Clients,
  cart: Promise<Cart>,
  isFresh?: boolean,
): Promise<ListProductsResponse> {
  const [list, { items }] = await Promise.all([catalog.listProducts({}, { isFresh }), cart]);
  const ids = new Set(list.products.map(({ id }) => id));
  const isComplete = isFresh || items.every(({ productId }) => ids.has(productId));
  return isComplete ? list : catalog.listProducts({}, { isFresh: true });
}

function addUp(
  items: readonly CartItem[],
  products: readonly Product[],
  { show, shipping }: PricedCatalog,
) {
  const byId = new Map(products.map((product) => [product.id, product]));
  const lines = items.map(({ productId, quantity }) => {
    const known = byId.get(productId);
    const product = known && show(known);
    const total = product && multiplyMoney(product.price, quantity);
    return { productId, quantity, product, total };
  });
  const [first, ...rest] = lines.flatMap(({ total }) => total ?? []);
  const subtotal = first && sumMoney(first, ...rest);
  const total = subtotal && shipping && sumMoney(subtotal, shipping);
  return { lines, shipping, subtotal, total };
}
