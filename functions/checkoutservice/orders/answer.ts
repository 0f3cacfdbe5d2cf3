import type { PlaceOrderResponse } from "#protos/hipstershop.ts";
import { StatusError, toStatusError } from "#runtime/status.ts";
import { isPlaced, type OrderRecord, toOrder } from "./order-record.ts";

/** The reasons of PlaceOrder's errors, in their ErrorInfo. */
export type FailureReason = "NOTHING_CHARGED" | "REFUNDED" | "OUTCOME_PENDING";

/** Adds a reason to an error; its code and message stay. */
export function withReason(error: unknown, reason: FailureReason, orderId?: string): StatusError {
  const { code, message } = toStatusError(error);
  const metadata: Record<string, string> = orderId === undefined ? {} : { order_id: orderId };
  return new StatusError(code, message, { cause: error, info: { reason, metadata } });
}

/** Whether the outcome of an order is known, so that `answerOf` returns it. */
export function isAnswerable(record: OrderRecord): boolean {
  return isPlaced(record) || record.state === "refunded" || record.state === "failed";
}

/**
 * The response of PlaceOrder for an order.
 *
 * @throws StatusError with the reason REFUNDED, NOTHING_CHARGED or OUTCOME_PENDING if it is not placed
 */
export function answerOf(record: OrderRecord): PlaceOrderResponse {
  if (isPlaced(record)) {
    const { order, ...details } = toOrder(record);
    return { order, state: details.state, details: { order: undefined, ...details } };
  }
  const { orderId, state, failure = { code: "UNAVAILABLE", message: "the order failed" } } = record;
  const { code, message } = failure;
  if (state === "refunded") {
    throw failWith(code, `${message}; the card was refunded`, "REFUNDED", orderId);
  }
  if (state === "failed") {
    throw failWith(code, `${message}; nothing was charged`, "NOTHING_CHARGED", orderId);
  }
  throw pendingError(orderId, record.failure?.message);
}

/** The error of an order whose outcome is not known yet. */
export function pendingError(orderId: string, failure = "the order is being processed") {
  const remedy = "repeat the call with the same request_id, or read the order later";
  const message = `${failure}; the outcome of order ${orderId} is not known yet: ${remedy}`;
  return failWith("UNAVAILABLE", message, "OUTCOME_PENDING", orderId);
}

function failWith(
  code: StatusError["code"],
  message: string,
  reason: FailureReason,
  orderId: string,
): StatusError {
  return withReason(new StatusError(code, message), reason, orderId);
}
