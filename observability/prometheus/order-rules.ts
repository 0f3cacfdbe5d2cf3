import { readManifest } from "#manifest/manifest.ts";
import { sumOver } from "./promql.ts";
import type { AlertPlan, RecordingRule, RuleGroup } from "./rule-plan.ts";

const sweepSeconds = readSweepSeconds();

/**
 * From which age on an open order is reported, in seconds: a sweep interval, and a while for the sweep that
 * starts after it.
 */
export const openBound = sweepSeconds * 1.1;

// Checkoutservice reports its journal while it runs, and runs at least once per interval.
const reportedWithin = `${sweepSeconds * 2}s`;

/**
 * PromQL for the last value of a recorded gauge of checkoutservice, also while the function is at zero.
 *
 * @param series the recorded series, with labels if they are needed
 */
export function lastKnown(series: string): string {
  return `last_over_time(${series}[${reportedWithin}])`;
}

const confirmations = 'shop_confirmations_total{job="functions"}';
const settled = 'shop_orders_settled_total{job="functions"}';
const sent = 'shop_confirmations_total{job="functions",outcome="sent"}';
const confirmed = 'shop_orders_settled_total{job="functions",outcome="confirmed"}';
const oldest = "state:shop_orders_oldest_open_seconds:max";

const records: readonly RecordingRule[] = [
  // All pods read the same journal at each scrape. They are recorded without the pods' names, so that the
  // last value is that of the pod that ran last.
  { record: "shop:orders_open:max", expr: 'max(shop_orders_open{job="functions"})' },
  { record: oldest, expr: 'max by (state) (shop_orders_oldest_open_seconds{job="functions"})' },
  {
    record: "shop:order_confirmations_failed:max",
    expr: 'max(shop_order_confirmations_failed{job="functions"})',
  },
  { record: "outcome:shop_orders_settled:count5m", expr: sumOver(settled, "5m", "outcome") },
  ...["5m", "15m"].map((window) => ({
    record: `outcome:shop_confirmations:count${window}`,
    expr: sumOver(confirmations, window, "outcome"),
  })),
  {
    record: "shop:confirmations_missing:count1h",
    expr: `${sumOver(confirmed, "1h")} - (${sumOver(sent, "1h")} or vector(0))`,
  },
];

const alerts: readonly AlertPlan[] = [
  {
    alert: "OrdersOpen",
    expr: `${lastKnown(`${oldest}{state!~"cancelling|placed"}`)} > ${openBound}`,
    severity: "page",
    summary: "An order is {{ $labels.state }} for longer than a sweep interval",
    description:
      "It was received {{ $value | humanizeDuration }} ago, and neither a retry nor a sweep has finished or undone it. The customer may have paid.",
  },
  {
    alert: "RefundsOutstanding",
    expr: `${lastKnown(`${oldest}{state="cancelling"}`)} > ${openBound}`,
    severity: "page",
    summary: "A refund is outstanding for longer than a sweep interval",
    description:
      "The order was received {{ $value | humanizeDuration }} ago. It cannot be completed, and its charge is not refunded yet.",
  },
  {
    alert: "ConfirmationsOutstanding",
    expr: `${lastKnown(`${oldest}{state="placed"}`)} > ${openBound}`,
    severity: "ticket",
    summary: "A confirmation is not accepted for longer than a sweep interval",
    description:
      "The order was received {{ $value | humanizeDuration }} ago. The broker has not accepted its event, or its items are still in the cart; each sweep tries again.",
  },
  {
    alert: "ConfirmationsFailed",
    expr: `${lastKnown("shop:order_confirmations_failed:max")} > 0`,
    severity: "ticket",
    summary: "Order confirmations could not be delivered",
    description:
      "{{ $value }} orders have no confirmation: all deliveries of the broker failed, and no sweep repeats them.",
  },
  {
    alert: "ConfirmationsMissing",
    // The mean, because at each moment some mails are counted and their orders are not yet, or vice versa.
    expr: `avg_over_time(shop:confirmations_missing:count1h[30m]) > 0.5 unless ${lastKnown("shop:order_confirmations_failed:max")} > 0`,
    for: "10m",
    severity: "ticket",
    summary: "Accepted order confirmations were not sent",
    description:
      'Within an hour, about {{ $value | printf "%.1f" }} more confirmations were accepted for delivery than mails were sent.',
  },
  {
    alert: "OrdersNotSwept",
    expr: `shop:namespace:info unless on (namespace) group by (namespace) (last_over_time(up{job="functions",service="checkoutservice"}[${sweepSeconds * 2.5}s]))`,
    for: "5m",
    severity: "ticket",
    summary: "Checkoutservice was not started by a sweep",
    description:
      "No pod of it has run for more than two sweep intervals: orders that stopped in the middle are neither finished nor refunded, and no alert sees them.",
  },
  {
    alert: "MailsNotDelivered",
    expr: 'sum(outcome:shop_confirmations:count15m{outcome="failed"}) > 0 unless sum(outcome:shop_confirmations:count5m{outcome="sent"}) > 0',
    for: "5m",
    severity: "ticket",
    summary: "Order confirmations are not delivered",
    description:
      "{{ $value }} deliveries failed within 15 minutes and none succeeded within 5 minutes. The broker and each sweep repeat them; an order whose mail is refused is marked.",
  },
];

/** Recording rules about orders and their confirmations, and the alerts. */
export const orderRules: readonly RuleGroup[] = [
  { name: "shop-orders", rules: records },
  { name: "shop-order-alerts", rules: alerts },
];

function readSweepSeconds(): number {
  const { sweepIntervalMs } = readManifest("checkoutservice");
  if (sweepIntervalMs !== undefined) return sweepIntervalMs / 1000;
  throw new Error("checkoutservice has no sweep interval, which the alerts on open orders need");
}
