import type { CartItem, Money, Product } from "#protos/hipstershop.ts";
import { multiplyMoney, sumMoney } from "#runtime/money.ts";
import { sendPage } from "../http/send-page.ts";
import type { Storefront, StorefrontContext } from "../http/storefront.ts";
import { type CartLine, type CartView, type LineError, renderCartPage } from "../pages/cart.ts";
import { type OrderFormView, sampleOrder } from "../pages/order-form.ts";
import { countPieces, loadCurrencyCodes } from "../shop/header-data.ts";
import { convertPrices, priceOf, showProduct } from "../shop/prices.ts";
import { suggestProducts } from "../shop/suggestions.ts";

/** What the cart page shows besides the cart. */
export interface CartPageOptions {
  /** The order form as it was sent, with what is wrong; the sample person's where nothing was. */
  order?: Omit<OrderFormView, "year">;
  /** The change of a line that could not be made. */
  lineError?: LineError;
  /** Why the cart as a whole cannot be ordered. */
  problem?: string;
}

/** Sends the cart page, with status 422 where it is the answer to a form that could not be taken. */
export async function showCartPage(
  c: StorefrontContext,
  shop: Storefront,
  { order = sampleOrder, lineError, problem }: CartPageOptions,
): Promise<Response> {
  const { upstreams, files, now } = shop;
  const { visit } = c.var;
  const listed = upstreams.catalog.listProducts({}).then(({ products }) => products);
  const [products, currencyCodes, { items }] = await Promise.all([
    listed,
    loadCurrencyCodes(upstreams),
    upstreams.cart.getCart({ userId: visit.sessionId }),
  ]);
  const ids = items.map(({ productId }) => productId);
  const [quote, suggestions] = await Promise.all([
    items.length > 0
      ? upstreams.shipping.getQuote({ address: undefined, items: [...items] })
      : undefined,
    suggestProducts(upstreams, listed, visit.sessionId, ids),
  ]);
  const bill = { items, products, shippingUsd: quote?.costUsd, suggestions };
  const isRefused = Boolean(lineError || problem || order.errors.size > 0);
  const body = renderCartPage({
    ...(await priceCart(shop, bill, visit.currencyCode)),
    order: { ...order, year: now().getFullYear() },
    lineError,
    problem,
    fileUrl: files.url,
  });
  return sendPage(c, shop, {
    title: isRefused ? "Error: your cart" : "Your cart",
    body,
    header: { currencyCodes, cartSize: countPieces(items) },
    status: isRefused ? 422 : 200,
    canSwitchCurrency: !isRefused,
  });
}

interface Bill {
  readonly items: readonly CartItem[];
  readonly products: readonly Product[];
  readonly shippingUsd: Money | undefined;
  readonly suggestions: readonly Product[];
}

type PricedCart = Pick<CartView, "lines" | "shipping" | "subtotal" | "total" | "suggestions">;

async function priceCart(
  { upstreams }: Storefront,
  { items, products, shippingUsd, suggestions }: Bill,
  currencyCode: string,
): Promise<PricedCart> {
  const byId = new Map(products.map((product) => [product.id, product]));
  const known = items.flatMap(({ productId }) => byId.get(productId) ?? []);
  const shown = [...known, ...suggestions];
  const amounts = [...shown.map(priceOf), ...(shippingUsd ? [shippingUsd] : [])];
  const prices = await convertPrices(upstreams, amounts, currencyCode);
  const shownProducts = shown.flatMap((product, index) => {
    const price = prices[index];
    return price ? [showProduct(product, price)] : [];
  });
  const bought = new Map(
    shownProducts.slice(0, known.length).map((product) => [product.id, product]),
  );
  const lines: CartLine[] = items.map(({ productId, quantity }) => {
    const product = bought.get(productId);
    return {
      productId,
      quantity,
      product,
      total: product && multiplyMoney(product.price, quantity),
    };
  });
  const totals = lines.flatMap(({ total }) => total ?? []);
  const shipping = shippingUsd ? prices.at(-1) : undefined;
  const [first, ...rest] = totals;
  const subtotal = first && sumMoney(first, ...rest);
  return {
    lines,
    shipping,
    subtotal,
    total: subtotal && shipping && sumMoney(subtotal, shipping),
    suggestions: shownProducts.slice(known.length),
  };
}
