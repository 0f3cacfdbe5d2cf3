import { HTTPException } from "hono/http-exception";
import type { OrderResult } from "#protos/hipstershop.ts";
import { type StatusCode, StatusError } from "#runtime/status.ts";
import { type FieldErrors, type FormFields, readForm } from "../forms/read-form.ts";
import { type OrderForm, validateOrder } from "../forms/validate-order.ts";
import type { StorefrontContext } from "../http/context.ts";
import { sendPage } from "../http/send-page.ts";
import { renderOrderPage } from "../pages/order.ts";
import { listKnownProducts, orElse, pickAd, suggestProducts } from "../shop/optional-parts.ts";
import { priceProducts } from "../shop/prices.ts";
import { showCart } from "./show-cart.ts";

/** `POST /cart/checkout`: places the order and answers with its confirmation. */
export async function checkOut(c: StorefrontContext): Promise<Response> {
  const values = await readForm(c);
  const { value, errors } = validateOrder(values);
  if (errors) return showCart(c, { order: { values, errors, isSent: true } });
  let order: OrderResult;
  try {
    order = await placeOrder(c, value);
  } catch (error) {
    return explainRejection(c, values, value, error);
  }
  return showConfirmation(c, order, value.email);
}

async function placeOrder(c: StorefrontContext, form: OrderForm): Promise<OrderResult> {
  const { shop, visit } = c.var;
  const { sessionId: userId, currencyCode: userCurrency } = visit;
  const { order } = await shop.clients.checkout.placeOrder({ userId, userCurrency, ...form });
  if (!order) throw new StatusError("INTERNAL", "checkout returned no order");
  return order;
}

// The reasons why checkout rejects a cart as a whole.
const cartProblems: Partial<Record<StatusCode, string>> = {
  FAILED_PRECONDITION: "it is empty, or a product in it is no longer available",
  OUT_OF_RANGE: "its total is too large",
};

function explainRejection(
  c: StorefrontContext,
  values: FormFields,
  { creditCard }: OrderForm,
  error: unknown,
): Promise<Response> {
  if (!(error instanceof StatusError)) throw error;
  // The form was validated before, so this is the card; the message is the payment service's.
  const isCard = error.code === "INVALID_ARGUMENT";
  const reason = cartProblems[error.code];
  if (isCard || reason !== undefined) {
    const message = error.message.includes(creditCard.creditCardNumber)
      ? "The card was refused."
      : error.message;
    const errors: FieldErrors = new Map(isCard ? [["credit_card_number", message]] : []);
    const problem = reason && `This cart cannot be ordered: ${reason}.`;
    return showCart(c, { order: { values, errors, isSent: true }, ...(problem && { problem }) });
  }
  if (error.code !== "DEADLINE_EXCEEDED") throw error;
  throw new HTTPException(504, {
    message: "Your order takes longer than expected. Check your e-mail before you try again.",
    cause: error,
  });
}

// The order is placed, so everything else on the page is optional.
async function showConfirmation(
  c: StorefrontContext,
  order: OrderResult,
  email: string,
): Promise<Response> {
  const { shop, visit } = c.var;
  const ids = order.items.flatMap(({ item }) => item?.productId ?? []);
  const listed = listKnownProducts(shop);
  const [all, suggested] = await Promise.all([
    listed,
    suggestProducts(shop, listed, visit.sessionId, ids),
  ]);
  const products = all
    .filter(({ id }) => ids.includes(id))
    .map((product) => ({ ...product, picture: shop.files.url(product.picture) }));
  const [suggestions, ad] = await Promise.all([
    orElse("recommendations", [], () => priceProducts(shop, suggested, visit.currencyCode)),
    pickAd(
      shop,
      products.flatMap(({ categories }) => categories),
    ),
  ]);
  return sendPage(c, {
    title: "Thank you",
    body: renderOrderPage({ order, email, products, suggestions, ad }),
    header: { currencyCodes: [], cartSize: 0 },
  });
}
