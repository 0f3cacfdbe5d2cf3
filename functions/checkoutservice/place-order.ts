import { setTimeout as delay } from "node:timers/promises";
import { trace } from "@opentelemetry/api";
import type { OrderResult } from "#protos/hipstershop.ts";
import { log } from "#runtime/log.ts";
import { counter } from "#runtime/metrics.ts";
import { nanosOf, nanosPerUnit } from "#runtime/money.ts";
import { withoutCancellation } from "#runtime/request-context.ts";
import type { CallContext } from "#runtime/rpc.ts";
import { StatusError } from "#runtime/status.ts";
import { chargeAndShip } from "./charge-and-ship.ts";
import type { CheckedOrder } from "./check-order.ts";
import type { Clients } from "./clients.ts";
import type { ConfirmOrder } from "./confirm-order.ts";
import { type PreparedOrder, prepareOrder } from "./prepare-order.ts";

/** The clients and functions that `placeOrder` uses; tests replace them. */
export interface OrderOptions {
  /** The clients of the functions that an order needs. */
  readonly clients: Clients;
  /** Confirms the order to the customer, by event or by call. */
  readonly confirmOrder: ConfirmOrder;
  /** Creates a unique order id that cannot be guessed. */
  readonly newOrderId: () => string;
  /** Returns epoch milliseconds. */
  readonly now: () => number;
}

type OrderContext = Pick<CallContext, "signal" | "deadline" | "waitUntil">;

/**
 * Places an order. A cancellation by the caller ends it until the card is charged. From then on it is
 * completed, by an order or by a refund.
 *
 * @throws StatusError as `prepareOrder` and `chargeAndShip` do, or CANCELLED
 */
export async function placeOrder(
  options: OrderOptions,
  order: CheckedOrder,
  context: OrderContext,
): Promise<OrderResult> {
  const { clients, newOrderId } = options;
  const prepared = await prepareOrder(clients, order);
  if (context.signal.aborted) {
    throw new StatusError("CANCELLED", "the call was cancelled before the card was charged");
  }
  return withoutCancellation(async () => {
    const shippingTrackingId = await chargeAndShip(clients, order, prepared);
    const { items, shippingCost, total } = prepared;
    const orderId = newOrderId();
    const shippingAddress = order.address;
    const result = { orderId, shippingTrackingId, shippingCost, shippingAddress, items, total };
    recordOrder(orderId, prepared);
    await finishOrder(options, order, result, context);
    return result;
  });
}

const orders = counter({
  name: "shop_orders_total",
  help: "Placed orders by the currency of the payment.",
  labels: ["currency"],
});

const revenue = counter({
  name: "shop_revenue_total",
  help: "Amounts charged for orders, including shipping, in units of the currency.",
  labels: ["currency"],
});

function recordOrder(orderId: string, { items, total }: PreparedOrder): void {
  const currency = total.currencyCode;
  // Not exact, as a metric is a double.
  const amount = Number(nanosOf(total)) / Number(nanosPerUnit);
  orders.inc({ currency });
  revenue.inc({ currency }, amount);
  trace.getActiveSpan()?.setAttributes({
    "app.order.id": orderId,
    "app.order.amount": amount,
    "app.order.currency": currency,
    "app.order.items.count": items.length,
  });
  log.info("order placed", { order_id: orderId, currency, amount, items: items.length });
}

// Milliseconds between the latest response and the caller's deadline.
const answerMarginMs = 250;

// Node.js timers with a longer delay fire at once.
const maxTimerMs = 2 ** 31 - 1;

// A placed order is answered before the caller's deadline, because a caller whose call fails would order
// again. Work that is pending then continues, and a drain waits for it.
async function finishOrder(
  { clients, confirmOrder, now }: OrderOptions,
  { userId, email }: CheckedOrder,
  order: OrderResult,
  { deadline, waitUntil }: OrderContext,
): Promise<void> {
  const fields = { order_id: order.orderId };
  const logFailure = (failure: string) => (error: unknown) =>
    log.error(failure, { ...fields, error });
  const pending = Promise.all([
    clients.cart.emptyCart({ userId }).catch(logFailure("the cart of an order was not emptied")),
    confirmOrder({ email, order }).catch(logFailure("an order was not confirmed")),
  ]);
  waitUntil(pending);
  if (!deadline) {
    await pending;
    return;
  }
  const timer = new AbortController();
  const leftMs = deadline.getTime() - now() - answerMarginMs;
  const budgetMs = Math.min(Math.max(0, leftMs), maxTimerMs);
  const timeout = delay(budgetMs, "late" as const, { signal: timer.signal }).catch(() => undefined);
  if ((await Promise.race([pending, timeout])) === "late") {
    log.warn("an order was answered before its confirmation", fields);
  }
  timer.abort();
}
