import type { CartItem, Money, Product } from "#protos/hipstershop.ts";
import { multiplyMoney, sumMoney } from "#runtime/money.ts";
import type { StorefrontContext } from "../http/context.ts";
import { sendPage } from "../http/send-page.ts";
import { type LineError, renderCartPage } from "../pages/cart.ts";
import { type OrderFormView, sampleOrder } from "../pages/order-form.ts";
import { countItems, loadCurrencyCodes } from "../shop/header-data.ts";
import { suggestProducts } from "../shop/optional-parts.ts";
import { convertPrices, priceOf, showProducts } from "../shop/prices.ts";
import type { Storefront } from "../shop/storefront.ts";

/** The rejected form that the cart page answers. */
interface RejectedForm {
  /** The order form as sent, with its errors; the sample order by default. */
  readonly order?: Omit<OrderFormView, "year">;
  readonly lineError?: LineError;
  /** Why the cart as a whole cannot be ordered. */
  readonly problem?: string;
}

/** Sends the cart page, with status 422 if it answers a rejected form. */
export async function showCart(
  c: StorefrontContext,
  { order = sampleOrder, lineError, problem }: RejectedForm = {},
): Promise<Response> {
  const { shop, visit } = c.var;
  const { clients } = shop;
  const listed = clients.catalog.listProducts({}).then(({ products }) => products);
  const [products, currencyCodes, { items }] = await Promise.all([
    listed,
    loadCurrencyCodes(shop),
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
  const isRejected = Boolean(lineError || problem || order.errors.size > 0);
  return sendPage(c, {
    title: isRejected ? "Error: your cart" : "Your cart",
    body: renderCartPage({
      ...cart,
      order: { ...order, year: shop.now().getFullYear() },
      lineError,
      problem,
    }),
    header: { currencyCodes, cartSize: countItems(items) },
    status: isRejected ? 422 : 200,
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
