import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { CartItem, Money, Product } from "#protos/hipstershop.ts";
import { multiplyMoney, sumMoney } from "#runtime/money.ts";
import type { OrderTerms } from "../forms/order-terms.ts";
import type { StorefrontContext } from "../http/context.ts";
import { sendPage } from "../http/send-page.ts";
import { type LineError, renderCartPage } from "../pages/cart.ts";
import type { Html } from "../pages/html.ts";
import { type OrderInput, sampleOrder } from "../pages/order-form.ts";
import { countItems, loadCurrencyCodes } from "../shop/header-data.ts";
import { suggestProducts } from "../shop/optional-parts.ts";
import { convertPrices, priceOf, showProducts } from "../shop/prices.ts";
import type { Storefront } from "../shop/storefront.ts";

/** The rejected form that the cart page answers. */
interface RejectedForm {
  /** The order form as sent, with its errors; the sample order by default. */
  readonly order?: OrderInput;
  /** The request id of the form, if it may be sent again with the same one; a new one by default. */
  readonly requestId?: string | undefined;
  readonly lineError?: LineError;
  /** Explains, given the terms of this page, why the cart was not ordered. */
  readonly explain?: (now: OrderTerms) => Html | string;
  /** The status of the page; by default 422 if anything is wrong. */
  readonly status?: ContentfulStatusCode;
}

/** Sends the cart page. Its order form states what the page shows. */
export async function showCart(
  c: StorefrontContext,
  { order = sampleOrder, requestId, lineError, explain, status }: RejectedForm = {},
): Promise<Response> {
  const { shop, visit } = c.var;
  const { clients } = shop;
  const listed = clients.catalog.listProducts({}).then(({ products }) => products);
  const [products, currencyCodes, { items, version: cartVersion }] = await Promise.all([
    listed,
    loadCurrencyCodes(shop, visit),
    clients.cart.getCart({ userId: visit.sessionId }),
  ]);
  const ids = items.map(({ productId }) => productId);
  const [quote, suggestions] = await Promise.all([
    items.length > 0
      ? clients.shipping.getQuote({ address: undefined, items: [...items] })
      : undefined,
    suggestProducts(shop, listed, visit.sessionId, ids),
  ]);
  const { currencyCode } = visit;
  const cart = await priceCart(shop, currencyCode, items, products, suggestions, quote?.costUsd);
  const terms = {
    requestId: requestId ?? shop.createId(),
    expectedTotal: cart.total,
    cartVersion,
  };
  const isRejected = Boolean(lineError || explain || order.errors.size > 0);
  return sendPage(c, {
    title: isRejected ? "Error: your cart" : "Your cart",
    body: renderCartPage({
      ...cart,
      order: { ...order, terms, year: shop.now().getFullYear() },
      lineError,
      problem: explain?.(terms),
    }),
    header: { currencyCodes, cartSize: countItems(items) },
    status: status ?? (isRejected ? 422 : 200),
  });
}

async function priceCart(
  shop: Storefront,
  currencyCode: string,
  items: readonly CartItem[],
  products: readonly Product[],
  suggestions: readonly Product[],
  shippingUsd: Money | undefined,
) {
  const known = products.filter(({ id }) => items.some(({ productId }) => productId === id));
  const priced = [...known, ...suggestions];
  const amounts = [...priced.map(priceOf), ...(shippingUsd ? [shippingUsd] : [])];
  const prices = await convertPrices(shop, amounts, currencyCode);
  const shown = showProducts(shop, priced, prices);
  const byId = new Map(shown.map((product) => [product.id, product]));
  const lines = items.map(({ productId, quantity }) => {
    const product = byId.get(productId);
    const total = product && multiplyMoney(product.price, quantity);
    return { productId, quantity, product, total };
  });
  const [first, ...rest] = lines.flatMap(({ total }) => total ?? []);
  const subtotal = first && sumMoney(first, ...rest);
  const shipping = shippingUsd && prices.at(-1);
  const total = subtotal && shipping && sumMoney(subtotal, shipping);
  return { lines, shipping, subtotal, total, suggestions: shown.slice(known.length) };
}
