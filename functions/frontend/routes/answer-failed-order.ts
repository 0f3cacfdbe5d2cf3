import { HTTPException } from "hono/http-exception";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { log } from "#runtime/log.ts";
import { orderIdOf } from "#runtime/order-id.ts";
import { isOverloaded, type StatusCode, StatusError } from "#runtime/status.ts";
import { currentTraceId } from "#runtime/tracing.ts";
import type { StorefrontContext } from "../http/context.ts";
import { redirectTo } from "../http/redirect-to.ts";
import { failureStatusOf } from "../http/send-failure.ts";
import { sendPage } from "../http/send-page.ts";
import { orderPath } from "../pages/order.ts";
import { renderUnknownOutcome } from "../pages/unknown-outcome.ts";
import { findOrder } from "../shop/orders.ts";
import { type SentOrder, showRefusal, showUnread } from "./show-refusal.ts";

// With these codes the outcome is known: nothing was ordered. With any other one, the caller does not know
// whether checkout received the call.
const refusals: ReadonlySet<StatusCode> = new Set<StatusCode>([
  "INVALID_ARGUMENT",
  "FAILED_PRECONDITION",
  "OUT_OF_RANGE",
]);

// With these codes checkout, or a proxy in front of it, has not accepted the storefront's identity.
const notAdmitted: ReadonlySet<StatusCode> = new Set(["PERMISSION_DENIED", "UNAUTHENTICATED"]);

/**
 * Answers an order that failed. The reason in the error says what happened: if nothing was charged, the
 * cart is shown; if the order was refunded, its page is. Otherwise the order is looked up by its id, which the
 * error contains or which follows from the request id.
 *
 * @throws error for one without an order id
 */
export function answerFailedOrder(
  c: StorefrontContext,
  sent: SentOrder,
  error: unknown,
): Promise<Response> | Response {
  if (!(error instanceof StatusError)) throw error;
  const { reason, metadata } = error.info ?? {};
  if (isOverloaded(error) || (!reason && notAdmitted.has(error.code))) {
    return showUnread(c, sent, error);
  }
  if (reason === "NOTHING_CHARGED" || (!reason && refusals.has(error.code))) {
    return showRefusal(c, sent, error);
  }
  const { requestId } = sent.terms;
  const ownId = requestId && orderIdOf(c.var.visit.sessionId, requestId);
  const orderId = metadata?.order_id ?? ownId;
  if (orderId === undefined) throw describeTimeout(error);
  // If it was placed a moment ago and undone since, its page must not show what checkout returned then.
  c.var.shop.placedOrders.take(c.var.visit, orderId);
  if (reason === "REFUNDED") return redirectTo(c, orderPath(orderId), 303);
  return answerUnknownOutcome(c, orderId, error);
}

// If checkout could not write its journal, it may not have the order.
async function answerUnknownOutcome(
  c: StorefrontContext,
  orderId: string,
  error: StatusError,
): Promise<Response> {
  try {
    if (await findOrder(c.var, orderId)) return redirectTo(c, orderPath(orderId), 303);
  } catch (failure) {
    // Such a checkout does not keep orders, so that none is finished or refunded later.
    if (failure instanceof StatusError && failure.code === "UNIMPLEMENTED") {
      throw describeTimeout(error);
    }
    log.warn("an order could not be looked up", { order_id: orderId, error: failure });
  }
  log.error("the outcome of an order is unknown", { order_id: orderId, error });
  return sendPage(c, {
    title: "Order not confirmed yet",
    body: renderUnknownOutcome(orderId, currentTraceId()),
    status: failureStatusOf(error) as ContentfulStatusCode,
  });
}

function describeTimeout(error: StatusError): Error {
  if (error.code !== "DEADLINE_EXCEEDED") return error;
  return new HTTPException(504, {
    message: "Your order takes longer than expected. Check your e-mail before you try again.",
    cause: error,
  });
}
