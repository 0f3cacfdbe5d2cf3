import type { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import type { OrderResult } from "#protos/hipstershop.ts";
import { type StatusCode, StatusError } from "#runtime/status.ts";
import { type FieldErrors, type FormFields, readForm } from "../forms/read-form.ts";
import { type OrderForm, validateOrder } from "../forms/validate-order.ts";
import { sendPage } from "../http/send-page.ts";
import type { Storefront, StorefrontContext, StorefrontEnv } from "../http/storefront.ts";
import { renderOrderPage } from "../pages/order.ts";
import { priceProducts } from "../shop/prices.ts";
import { orElse, pickAd, suggestProducts } from "../shop/suggestions.ts";
import { showCartPage } from "./show-cart.ts";

/** Ordering what is in the cart; the answer is the confirmation. */
export function addCheckoutRoutes(app: Hono<StorefrontEnv>, shop: Storefront): void {
  app.post("/cart/checkout", async (c) => {
    const fields = await readForm(c.env.incoming);
    const { value, errors } = validateOrder(fields);
    if (errors) return showRefusal(c, shop, fields, errors);
    let order: OrderResult;
    try {
      order = await placeOrder(c, shop, value);
    } catch (error) {
      return explainRefusal(c, shop, fields, error);
    }
    return showConfirmation(c, shop, order, value.email);
  });
}

async function placeOrder(
  c: StorefrontContext,
  { upstreams }: Storefront,
  form: OrderForm,
): Promise<OrderResult> {
  const { sessionId: userId, currencyCode: userCurrency } = c.var.visit;
  const { order } = await upstreams.checkout.placeOrder({ userId, userCurrency, ...form });
  if (!order) throw new StatusError("INTERNAL", "checkout has answered without an order");
  return order;
}

function showRefusal(
  c: StorefrontContext,
  shop: Storefront,
  fields: FormFields,
  errors: FieldErrors,
): Promise<Response> {
  return showCartPage(c, shop, { order: { values: fields, errors } });
}

// Why a cart as a whole is refused, in words of our own.
const cartProblems: Partial<Record<StatusCode, string>> = {
  FAILED_PRECONDITION: "it is empty, or a product in it is no longer sold",
  OUT_OF_RANGE: "its total is too large",
};

function explainRefusal(
  c: StorefrontContext,
  shop: Storefront,
  fields: FormFields,
  error: unknown,
): Promise<Response> {
  if (!(error instanceof StatusError)) throw error;
  // Everything else was checked already: what is refused now is the card, in payment's own words.
  if (error.code === "INVALID_ARGUMENT") {
    return showRefusal(c, shop, fields, new Map([["credit_card_number", error.message]]));
  }
  const reason = cartProblems[error.code];
  if (reason !== undefined) {
    const problem = `This cart cannot be ordered: ${reason}.`;
    return showCartPage(c, shop, { order: { values: fields, errors: new Map() }, problem });
  }
  if (error.code !== "DEADLINE_EXCEEDED") throw error;
  const message =
    "Your order is taking longer than we can wait here. Look for our e-mail before you try again.";
  throw new HTTPException(504, { message, cause: error });
}

// The order is placed: whatever fails from here on is left out of the page.
async function showConfirmation(
  c: StorefrontContext,
  shop: Storefront,
  order: OrderResult,
  email: string,
): Promise<Response> {
  const { upstreams, files, random } = shop;
  const { visit } = c.var;
  const listed = orElse("the names of products", [], async () => {
    const { products } = await upstreams.catalog.listProducts({});
    return products;
  });
  const ids = order.items.flatMap(({ item }) => item?.productId ?? []);
  const [products, suggestions] = await Promise.all([
    listed,
    suggestProducts(upstreams, listed, visit.sessionId, ids),
  ]);
  const ordered = products.filter(({ id }) => ids.includes(id));
  const categories = ordered.flatMap((product) => product.categories);
  const [shownSuggestions, ad] = await Promise.all([
    orElse("recommendations", [], () => priceProducts(upstreams, suggestions, visit.currencyCode)),
    pickAd(upstreams, categories, random),
  ]);
  const page = { order, email, products: ordered, suggestions: shownSuggestions, ad };
  return sendPage(c, shop, {
    title: "Thank you",
    body: renderOrderPage({ ...page, fileUrl: files.url }),
    header: { currencyCodes: [], cartSize: 0 },
  });
}
