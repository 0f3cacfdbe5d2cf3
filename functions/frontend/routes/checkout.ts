import { OrderState, type PlaceOrderResponse } from "#protos/hipstershop.ts";
import { StatusError } from "#runtime/status.ts";
import { readOrderTerms } from "../forms/order-terms.ts";
import { readForm } from "../forms/read-form.ts";
import { validateOrder } from "../forms/validate-order.ts";
import type { StorefrontContext } from "../http/context.ts";
import { redirectTo } from "../http/redirect-to.ts";
import { orderPath } from "../pages/order.ts";
import { placeOrder } from "../shop/orders.ts";
import { answerFailedOrder } from "./answer-failed-order.ts";
import { showCart } from "./show-cart.ts";
import { loadOffers, showOrder } from "./show-order.ts";

/**
 * `POST /cart/checkout`: places the order and redirects to its page. A form with a request id places one
 * order, however often it is sent.
 */
export async function checkOut(c: StorefrontContext): Promise<Response> {
  const values = await readForm(c);
  const { value: terms, errors: wrongTerms } = readOrderTerms(values);
  const { value: form, errors = new Map() } = validateOrder(values);
  const order = { values, errors, isSent: true };
  if (wrongTerms) return showCart(c, { order, explain: () => explainTerms(wrongTerms) });
  // Nothing was sent to checkout, so that the request id is not used up. If the form was sent before, the
  // id prevents a second order.
  if (!form) return showCart(c, { order, requestId: terms.requestId });
  // The page after the redirect shows them. Most orders are placed, so they are loaded meanwhile.
  const expected = terms.expectedCart?.items.map(({ productId }) => productId);
  const offers = expected && loadOffers(c, expected);
  let response: PlaceOrderResponse;
  try {
    const { sessionId: userId, currencyCode: userCurrency } = c.var.visit;
    response = await placeOrder(c.var, { userId, userCurrency, ...form, ...terms });
  } catch (error) {
    return answerFailedOrder(c, { values, form, terms }, error);
  }
  const { order: result, state, details } = response;
  if (!result) throw new StatusError("INTERNAL", "checkout returned no order");
  // A checkout that returns no state, such as Online Boutique's, does not keep orders.
  if (state !== undefined) {
    const placed = details && { ...details, order: result };
    c.var.shop.placedOrders.add(c.var.visit, result.orderId, { order: placed, offers });
    return redirectTo(c, orderPath(result.orderId), 303);
  }
  return showOrder(c, {
    order: result,
    state: OrderState.ORDER_STATE_PLACED,
    email: form.email,
    createTimeMs: BigInt(c.var.shop.now().getTime()),
    failure: "",
    confirmationFailure: "",
  });
}

function explainTerms(errors: ReadonlyMap<string, string>): string {
  const rules = [...errors].map(([name, rule]) => `the field ${name} must be ${rule}`).join(", ");
  return `The order form was changed: ${rules}. Nothing was charged. Check your cart and place the order again.`;
}
