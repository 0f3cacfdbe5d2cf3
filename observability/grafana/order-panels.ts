import { lastKnown, openBound } from "../prometheus/order-rules.ts";
import type { PanelPlan } from "./plan.ts";

const atLastRun = "When checkoutservice last ran, which a sweep starts at least once per interval.";

/** The journal of orders: what is open, what failed, and confirmations that were not sent. */
export const orderPanels: readonly PanelPlan[] = [
  {
    kind: "stat",
    title: "Open orders",
    description: `Orders of which a step is left to do. ${atLastRun}`,
    unit: "short",
    queries: { open: lastKnown("shop:orders_open:max") },
  },
  {
    kind: "stat",
    title: "Oldest open order",
    description: `The age of the oldest order of which a step is left to do. ${atLastRun}`,
    unit: "s",
    thresholds: [60, openBound],
    queries: { age: `max(${lastKnown("state:shop_orders_oldest_open_seconds:max")})` },
  },
  {
    kind: "stat",
    title: "Failed confirmations",
    description: `Orders whose confirmation the broker could not deliver, until it is sent again. ${atLastRun}`,
    unit: "short",
    thresholds: [1, 5],
    queries: { failed: lastKnown("shop:order_confirmations_failed:max") },
  },
  {
    title: "Settled orders",
    description: "Orders that were confirmed, refunded or failed, over five minutes.",
    unit: "short",
    span: 12,
    queries: { "{{outcome}}": "outcome:shop_orders_settled:count5m" },
  },
  {
    title: "Oldest open order by state",
    description: `The age of the oldest order in each open state. ${atLastRun}`,
    unit: "s",
    span: 12,
    queries: { "{{state}}": lastKnown("state:shop_orders_oldest_open_seconds:max") },
  },
  {
    title: "Confirmations that were not sent",
    description:
      "Confirmations that were accepted for delivery within an hour, minus the mails that were sent.",
    unit: "short",
    span: 12,
    hasNegative: true,
    queries: { missing: "shop:confirmations_missing:count1h" },
  },
];
