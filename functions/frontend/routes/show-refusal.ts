import { html } from "hono/html";
import { HTTPException } from "hono/http-exception";
import { log } from "#runtime/log.ts";
import { formatMoney } from "#runtime/money.ts";
import { isOverloaded, type StatusCode, type StatusError } from "#runtime/status.ts";
import type { OrderTerms } from "../forms/order-terms.ts";
import type { FormFields } from "../forms/read-form.ts";
import type { OrderForm } from "../forms/validate-order.ts";
import type { StorefrontContext } from "../http/context.ts";
import type { Html } from "../pages/html.ts";
import { orderPath } from "../pages/order.ts";
import type { OrderInput } from "../pages/order-form.ts";
import { showCart } from "./show-cart.ts";

/** An order form that was sent to checkout. */
export interface SentOrder {
  /** The fields as sent. */
  readonly values: FormFields;
  /** The valid form. */
  readonly form: OrderForm;
  /** The hidden fields. */
  readonly terms: OrderTerms;
}

// The reasons why checkout refuses a cart as a whole.
const cartProblems: Partial<Record<StatusCode, string>> = {
  FAILED_PRECONDITION: "it is empty, or a product in it is no longer available",
  OUT_OF_RANGE: "its total is too large",
};

/**
 * Sends the cart page with the reason why nothing was ordered and nothing charged, and with a form that
 * can be sent again. The status is 422 if the form or the cart must be changed; 409 if the form is valid but
 * conflicts with the present cart and prices, so that it only has to be sent again; 503 for other reasons.
 */
export function showRefusal(
  c: StorefrontContext,
  { values, form, terms }: SentOrder,
  error: StatusError,
): Promise<Response> {
  const order = { values, errors: new Map<string, string>(), isSent: true };
  const orderId = error.info?.metadata.order_id;
  // A recorded order was accepted: its code is that of a later step.
  if (orderId !== undefined) return showFailure(c, order, error);
  const reason = cartProblems[error.code];
  if (reason) {
    const explain = () => `This cart cannot be ordered: ${reason}.`;
    return showCart(c, { order, explain, isFresh: true });
  }
  // The form was validated before, so this is the card; the message is the payment service's.
  if (error.code === "INVALID_ARGUMENT") {
    const isEchoed = error.message.includes(form.creditCard.creditCardNumber);
    order.errors.set("credit_card_number", isEchoed ? "The card was refused." : error.message);
    return showCart(c, { order });
  }
  if (error.code === "ABORTED") {
    // Prices that were kept could be those that checkout has just refused.
    const explain = (now: OrderTerms) => explainChange(terms, now);
    return showCart(c, { order, explain, isFresh: true, status: 409 });
  }
  return showFailure(c, order, error);
}

/**
 * Sends the cart page for an order that checkout did not look at, because it is overloaded or does not admit the
 * storefront. The form has the same request id: if it was sent before, that order may have been placed.
 */
export async function showUnread(
  c: StorefrontContext,
  { values, terms: { requestId } }: SentOrder,
  error: StatusError,
): Promise<Response> {
  const isBusy = isOverloaded(error);
  if (isBusy) log.warn("an order was rejected, because checkout is overloaded", { error });
  else
    log.error("an order was rejected, because checkout does not admit the storefront", { error });
  const order = { values, errors: new Map<string, string>(), isSent: true };
  const cause = isBusy ? "Too many orders are being placed" : "The shop accepts no orders now";
  const problem = `${cause}. Yours was not sent, and nothing was charged.`;
  const explain = () => `${problem} Enter your card again and place the order in a moment.`;
  try {
    return await showCart(c, { order, requestId, explain, status: 503 });
  } catch (failure) {
    const message = `${problem} Your cart is safe. Try again in a moment.`;
    throw new HTTPException(503, { message, cause: failure });
  }
}

async function showFailure(
  c: StorefrontContext,
  order: OrderInput,
  error: StatusError,
): Promise<Response> {
  const orderId = error.info?.metadata.order_id;
  log.error("an order failed without a charge", { order_id: orderId, error });
  try {
    return await showCart(c, { order, explain: () => explainFailure(orderId), status: 503 });
  } catch (cause) {
    // The cart page may need the part that failed.
    const message =
      "Your order was not placed, and nothing was charged. Your cart is safe. Try again in a moment.";
    throw new HTTPException(503, { message, cause });
  }
}

function explainChange(then: OrderTerms, now: OrderTerms): Html {
  const [before, after] = [then.expectedTotal, now.expectedTotal];
  const hasNewTotal = before && after && formatMoney(before) !== formatMoney(after);
  const change = nameChange(then, now, Boolean(hasNewTotal));
  return html`Your order was not placed, and nothing was charged: ${change}. ${
    hasNewTotal &&
    html`The total is now <strong>${formatMoney(after)}</strong> instead of ${formatMoney(before)}. `
  }Check your cart, enter your card again and place the order.`;
}

function nameChange(then: OrderTerms, now: OrderTerms, hasNewTotal: boolean): string {
  const code = now.expectedTotal?.currencyCode;
  if (code === undefined) return "your cart was emptied or ordered in the meantime";
  if (then.expectedTotal && then.expectedTotal.currencyCode !== code) {
    return `the currency was changed to ${code}`;
  }
  if (then.cartVersion !== now.cartVersion) return "your cart was changed in the meantime";
  // Carts of Online Boutique have no version. A cart may also have been changed back.
  if (now.cartVersion === undefined || !hasNewTotal) {
    return "your cart or a price was changed in the meantime";
  }
  return "a price was changed in the meantime";
}

function explainFailure(orderId: string | undefined): Html {
  const number =
    orderId && html` Its number is <a href="${orderPath(orderId)}"><code>${orderId}</code></a>.`;
  return html`Your order was not placed, because a part of the shop is not available. Nothing was charged.${number} Enter your card again and place the order, now or in a moment.`;
}
