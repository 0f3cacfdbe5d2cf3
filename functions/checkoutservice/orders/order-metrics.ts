import { trace } from "@opentelemetry/api";
import { log } from "#runtime/log.ts";
import { counter, gauge, gaugeByLabel } from "#runtime/metrics.ts";
import { nanosOf, nanosPerUnit } from "#runtime/money.ts";
import { type OrderRecord, orderTags, parseReadable, resultOf } from "./order-record.ts";
import type { OrderPort } from "./port.ts";

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

const settled = counter({
  name: "shop_orders_settled_total",
  help: "Orders without a step left to do, by outcome: confirmed, refunded or failed.",
  labels: ["outcome"],
});

/** Counts and logs an order whose state became `placed`. */
export function recordPlaced(record: OrderRecord): void {
  const { items, total } = resultOf(record);
  const currency = total?.currencyCode ?? "";
  // Not exact, as a metric is a double.
  const amount = total ? Number(nanosOf(total)) / Number(nanosPerUnit) : 0;
  orders.inc({ currency });
  revenue.inc({ currency }, amount);
  trace.getActiveSpan()?.setAttributes({
    "app.order.id": record.orderId,
    "app.order.amount": amount,
    "app.order.currency": currency,
    "app.order.items.count": items.length,
  });
  log.info("order placed", { order_id: record.orderId, currency, amount, items: items.length });
}

/** Counts and logs an order whose state became `confirmed`, `refunded` or `failed`. */
export function recordSettled({ orderId, state, history, failure }: OrderRecord): void {
  // A confirmation that was delivered again settles its order a second time.
  if (history.filter(([earlier]) => earlier === state).length > 1) return;
  settled.inc({ outcome: state });
  if (state === "confirmed") log.info("order confirmed", { order_id: orderId });
  else log.warn(`order ${state}`, { order_id: orderId, reason: failure?.message });
}

// The states in which a process can stop; the others are recorded together with the next one.
const openStates = ["charging", "shipping", "placed", "cancelling"] as const;

/** Defines the gauges of the journal, which all processes that share it report alike. */
export function defineJournalGauges({ store, now }: Pick<OrderPort, "store" | "now">): void {
  const readAge = async (tag: string) => {
    const [text] = await store.list(tag, { limit: 1, order: "oldest" });
    return text === undefined ? 0 : (now() - readCreationMs(text)) / 1000;
  };
  gauge({
    name: "shop_orders_open",
    help: "Orders of which a step is left to do.",
    read: () => store.count(orderTags.open),
  });
  gaugeByLabel({
    name: "shop_orders_oldest_open_seconds",
    help: "The age of the oldest open order in a state, in seconds; 0 if no order is open in it, +Inf if it cannot be read.",
    label: "state",
    read: async () =>
      Object.fromEntries(
        await Promise.all(
          openStates.map(async (state) => [state, await readAge(orderTags.openIn(state))] as const),
        ),
      ),
  });
  gauge({
    name: "shop_order_confirmations_failed",
    help: "Orders whose confirmation could not be delivered.",
    read: () => store.count(orderTags.unconfirmed),
  });
}

// No sweep finishes an order that cannot be read, so that its age exceeds every limit.
function readCreationMs(text: string): number {
  const [record] = parseReadable([text]);
  return record?.createdAtMs ?? Number.NEGATIVE_INFINITY;
}
