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

/** What placing an order stands on. */
export interface OrderDependencies {
  clients: Clients;
  /** Tells the customer, by event or by call. */
  confirmOrder: ConfirmOrder;
  /** Makes an id that no other order has and that nobody can guess. */
  newOrderId: () => string;
  /** Epoch milliseconds. */
  now: () => number;
}

type OrderContext = Pick<CallContext, "signal" | "deadline" | "waitUntil">;

/**
 * Places an order. Until the card is charged, a caller who leaves ends it; from then on it goes
 * through to its end, which is an order or a refund.
 */
export async function placeOrder(
  dependencies: OrderDependencies,
  order: CheckedOrder,
  context: OrderContext,
): Promise<OrderResult> {
  const { clients, newOrderId } = dependencies;
  const prepared = await prepareOrder(clients, order);
  if (context.signal.aborted) {
    throw new StatusError("CANCELLED", "the caller left before the card was charged");
  }
  return withoutCancellation(async () => {
    const shippingTrackingId = await chargeAndShip(clients, order, prepared);
    const { items, shippingCost, total } = prepared;
    const orderId = newOrderId();
    const shippingAddress = order.address;
    const result = { orderId, shippingTrackingId, shippingCost, shippingAddress, items, total };
    recordOrder(orderId, prepared);
    await finishOrder(dependencies, order, result, context);
    return result;
  });
}

const orders = counter({
  name: "shop_orders_total",
  help: "Orders placed, by the currency they were paid in.",
  labels: ["currency"],
});

const revenue = counter({
  name: "shop_revenue_total",
  help: "What was charged for orders, shipping included, in units of the currency.",
  labels: ["currency"],
});

function recordOrder(orderId: string, { items, total }: PreparedOrder): void {
  const currency = total.currencyCode;
  // Exact amounts are the ledger's matter; a metric is a double anyway.
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

// How much earlier than the caller's deadline the answer leaves.
const answerMarginMs = 250;

// Node's timers fire at once beyond it.
const longestTimerMs = 2 ** 31 - 1;

// An order that stands must be answered: a caller who meets its own deadline instead would order
// again. What is still open at that moment goes on, and a drain waits for it.
async function finishOrder(
  { clients, confirmOrder, now }: OrderDependencies,
  { userId, email }: CheckedOrder,
  order: OrderResult,
  { deadline, waitUntil }: OrderContext,
): Promise<void> {
  const fields = { order_id: order.orderId };
  const note = (failure: string) => (error: unknown) => log.error(failure, { ...fields, error });
  const open = Promise.all([
    clients.cart.emptyCart({ userId }).catch(note("the cart of an order was not emptied")),
    confirmOrder({ email, order }).catch(note("an order was not confirmed")),
  ]);
  waitUntil(open);
  if (!deadline) {
    await open;
    return;
  }
  const timer = new AbortController();
  const leftMs = deadline.getTime() - now() - answerMarginMs;
  const budgetMs = Math.min(Math.max(0, leftMs), longestTimerMs);
  const timeout = delay(budgetMs, "late" as const, { signal: timer.signal }).catch(() => undefined);
  if ((await Promise.race([open, timeout])) === "late") {
    log.warn("an order is answered while its confirmation is still on its way", fields);
  }
  timer.abort();
}
