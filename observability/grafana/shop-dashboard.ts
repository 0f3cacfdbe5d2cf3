import { awaitedRequests, countOver, quantileOver, sumOver } from "../prometheus/promql.ts";
import { failurePanels } from "./failure-panels.ts";
import { orderPanels } from "./order-panels.ts";
import { type DashboardPlan, type PanelPlan, slowTracesOf } from "./plan.ts";

const storefront = 'job="functions",service="frontend"';
const pages = `http_server_request_duration_seconds_count{${storefront}}`;
const coldPages = `http_server_request_duration_seconds_count{${storefront},cold="true"}`;
// The histogram itself, not the recorded series, which have no exemplars.
const buckets = `http_server_request_duration_seconds_bucket{${storefront},${awaitedRequests}}`;
const recorded = "route:http_server_requests:count5m";
const slowTraces = slowTracesOf("frontend");

/** The share of pages that caused a cold start, as one number. */
export const shareOfColdPages: PanelPlan = {
  kind: "stat",
  title: "Share of cold pages",
  description: "Pages of the last 15 minutes that caused a cold start.",
  unit: "percentunit",
  thresholds: [0.05, 0.25],
  queries: { cold: `${sumOver(coldPages, "15m")} / ${sumOver(pages, "15m")}` },
};

const now: readonly PanelPlan[] = [
  {
    kind: "stat",
    title: "Pages per second",
    description: "Requests that the storefront served, including those for static files.",
    unit: "reqps",
    queries: { pages: `sum(${recorded}) / 300` },
  },
  {
    kind: "stat",
    title: "Failed pages",
    description:
      "The share of pages with status 500 or above. Pages whose visitor disconnected (499) do not count.",
    unit: "percentunit",
    thresholds: [0.001, 0.01],
    queries: {
      failed: `(sum(${recorded}{http_response_status_code=~"5.."}) or vector(0)) / sum(${recorded}{${awaitedRequests}})`,
    },
  },
  {
    kind: "stat",
    title: "p99 of all pages",
    description: "Includes cold starts of dependencies, but not the storefront's own.",
    unit: "s",
    thresholds: [0.5, 2],
    queries: {
      p99: "histogram_quantile(0.99, sum by (le) (route:http_server_request_duration_seconds_bucket:count5m))",
    },
  },
  shareOfColdPages,
  {
    kind: "stat",
    title: "Orders in the last hour",
    description: "Orders that were placed in the last hour, in any currency.",
    unit: "short",
    queries: { orders: sumOver('shop_orders_total{job="functions"}', "1h") },
  },
  {
    kind: "stat",
    title: "Failed mails",
    description: "Confirmations of the last hour that could not be delivered; each is retried.",
    unit: "short",
    thresholds: [1, 5],
    queries: {
      failed: `${sumOver('shop_confirmations_total{job="functions",outcome="failed"}', "1h")} or vector(0)`,
    },
  },
];

const latency: readonly PanelPlan[] = [
  {
    title: "Latency of all pages",
    description: "p50, p95 and p99 over five minutes, as the storefront measures them.",
    unit: "s",
    span: 12,
    thresholds: [0.5, 2],
    link: slowTraces,
    queries: {
      p50: quantileOver(0.5, buckets),
      p95: quantileOver(0.95, buckets),
      p99: quantileOver(0.99, buckets),
    },
  },
  {
    kind: "heatmap",
    title: "Latency of all pages, as a heat map",
    description: "The number of pages per duration. Warm and cold pages form two bands.",
    unit: "s",
    queries: { "{{le}}": `sum by (le) (${countOver(buckets, "$__interval")})` },
  },
  {
    title: "p99 by page",
    description: "By route. A checkout calls six functions, so it is the slowest.",
    unit: "s",
    span: 12,
    link: slowTraces,
    queries: { "{{http_route}}": quantileOver(0.99, buckets, "http_route") },
  },
  {
    title: "Pages per second by status",
    description:
      "Over five minutes. 499: the visitor disconnected before the response was complete.",
    unit: "reqps",
    span: 12,
    queries: {
      "{{http_response_status_code}}": `sum by (http_response_status_code) (${recorded}) / 300`,
    },
  },
];

const business: readonly PanelPlan[] = [
  {
    title: "Orders",
    description: "Over ten minutes, by the currency of the payment.",
    unit: "short",
    queries: { "{{currency}}": byCurrency("shop_orders_total") },
  },
  {
    title: "Revenue",
    description: "Charged amounts over ten minutes with shipping, in units of each currency.",
    unit: "short",
    queries: { "{{currency}}": byCurrency("shop_revenue_total") },
  },
  {
    title: "Added to carts",
    description: "Products that were added to carts over ten minutes.",
    unit: "short",
    queries: { adds: sumOver('shop_cart_adds_total{job="functions"}', "10m") },
  },
];

function byCurrency(counter: string): string {
  return sumOver(`${counter}{job="functions"}`, "10m", "currency");
}

/** The shop as a whole: pages, errors, business. */
export const shopDashboard: DashboardPlan = {
  uid: "shop",
  title: "Shop",
  description:
    "The storefront's pages, latency and errors, overload and failures, the journal of orders, and revenue.",
  rows: {
    Now: now,
    Latency: latency,
    "Overload and failures": failurePanels,
    Orders: orderPanels,
    Business: business,
  },
};
