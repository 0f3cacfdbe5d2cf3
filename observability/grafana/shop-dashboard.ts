import { countOver } from "../prometheus/count-over.ts";
import { awaitedRequests } from "../prometheus/selectors.ts";
import { addSections, createDashboard } from "./dashboard.ts";
import { type PanelPlan, slowTracesOf } from "./panel-plan.ts";

const storefront = 'job="functions",service="frontend"';
const pages = `http_server_request_duration_seconds_count{${storefront}}`;
const coldPages = `http_server_request_duration_seconds_count{${storefront},cold="true"}`;
const buckets = `http_server_request_duration_seconds_bucket{${storefront},${awaitedRequests}}`;
const recorded = "route:http_server_requests:count5m";
const slowTraces = slowTracesOf("frontend");

const sumOver = (selector: string, window: string) => `sum(${countOver(selector, window)})`;
// Of the series themselves where exemplars are to be seen: recorded ones have none.
const quantile = (q: number) =>
  `histogram_quantile(${q}, sum by (le) (${countOver(buckets, "5m")}))`;

/** How is the shop: its pages, its errors, its business. */
export function shopDashboard() {
  const heading = {
    uid: "shop",
    title: "Shop",
    description: "How the storefront is doing, and what it sells.",
  };
  return addSections(createDashboard(heading), [
    { title: "Now", panels: now },
    { title: "Latency", panels: latency },
    { title: "Business", panels: business },
  ]);
}

const now: readonly PanelPlan[] = [
  {
    kind: "stat",
    title: "Pages per second",
    description: "Requests that the storefront answered, those for files included.",
    unit: "reqps",
    queries: [{ expr: `sum(${recorded}) / 300`, legend: "pages" }],
  },
  {
    kind: "stat",
    title: "Failed pages",
    description:
      "The share of pages that were answered with a status of 500 or more. Those whose visitor left (499) do not count.",
    unit: "percentunit",
    thresholds: [0.001, 0.01],
    queries: [
      {
        expr: `(sum(${recorded}{http_response_status_code=~"5.."}) or vector(0)) / sum(${recorded}{${awaitedRequests}})`,
        legend: "failed",
      },
    ],
  },
  {
    kind: "stat",
    title: "p99 of all pages",
    description: "Cold starts of callees included; the storefront's own are not its to see.",
    unit: "s",
    thresholds: [0.5, 2],
    queries: [
      {
        expr: "histogram_quantile(0.99, sum by (le) (route:http_server_request_duration_seconds_bucket:count5m))",
        legend: "p99",
      },
    ],
  },
  {
    kind: "stat",
    title: "Share of cold requests",
    description: "Pages of the last 15 minutes for which some function had to start.",
    unit: "percentunit",
    thresholds: [0.05, 0.25],
    queries: [{ expr: `${sumOver(coldPages, "15m")} / ${sumOver(pages, "15m")}`, legend: "cold" }],
  },
  {
    kind: "stat",
    title: "Orders in this hour",
    description: "Orders that were placed in the last hour, in any currency.",
    unit: "short",
    queries: [{ expr: sumOver('shop_orders_total{job="functions"}', "1h"), legend: "orders" }],
  },
  {
    kind: "stat",
    title: "Mails that failed",
    description: "Confirmations that could not be delivered in the last hour; each is tried again.",
    unit: "short",
    thresholds: [1, 5],
    queries: [
      {
        expr: `${sumOver('shop_confirmations_total{job="functions",outcome="failed"}', "1h")} or vector(0)`,
        legend: "failed",
      },
    ],
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
    queries: [0.5, 0.95, 0.99].map((q) => ({ expr: quantile(q), legend: `p${q * 100}` })),
  },
  {
    kind: "heatmap",
    title: "Latency of all pages, as a heat map",
    description: "How many pages took how long. Two bands are warm and cold pages.",
    unit: "s",
    queries: [{ expr: `sum by (le) (${countOver(buckets, "$__interval")})`, legend: "{{le}}" }],
  },
  {
    title: "p99 by page",
    description: "The slowest kinds of pages; a checkout calls six functions.",
    unit: "s",
    span: 12,
    link: slowTraces,
    queries: [
      {
        expr: `histogram_quantile(0.99, sum by (le, http_route) (${countOver(buckets, "5m")}))`,
        legend: "{{http_route}}",
      },
    ],
  },
  {
    title: "Pages per second by status",
    description:
      "What visitors got, over five minutes; 499: they left before the answer was complete.",
    unit: "reqps",
    span: 12,
    queries: [
      {
        expr: `sum by (http_response_status_code) (${recorded}) / 300`,
        legend: "{{http_response_status_code}}",
      },
    ],
  },
];

const business: readonly PanelPlan[] = [
  {
    title: "Orders",
    description: "By the currency that they were paid in, over ten minutes.",
    unit: "short",
    queries: [byCurrency("shop_orders_total")],
  },
  {
    title: "Revenue",
    description:
      "What was charged, shipping included, in units of each currency, over ten minutes.",
    unit: "short",
    queries: [byCurrency("shop_revenue_total")],
  },
  {
    title: "Added to carts",
    description: "How often something was put into a cart, over ten minutes.",
    unit: "short",
    queries: [{ expr: sumOver('shop_cart_adds_total{job="functions"}', "10m"), legend: "adds" }],
  },
];

function byCurrency(counter: string) {
  const counted = countOver(`${counter}{job="functions"}`, "10m");
  return { expr: `sum by (currency) (${counted})`, legend: "{{currency}}" };
}
