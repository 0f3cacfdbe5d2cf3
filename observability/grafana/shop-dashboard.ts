import { RowBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { createDashboard, heatmap, slowTraces, stat, timeSeries } from "./panels.ts";

const pages = 'http_server_request_duration_seconds_count{job="functions",service="frontend"}';
const pageBuckets =
  'http_server_request_duration_seconds_bucket{job="functions",service="frontend"}';
const quantile = (q: number) => `histogram_quantile(${q}, sum by (le) (rate(${pageBuckets}[5m])))`;

/** How is the shop: its pages, its errors, its business. */
export function shopDashboard() {
  return createDashboard("shop", "Shop", "How the storefront is doing, and what it sells.")
    .withRow(new RowBuilder("Now"))
    .withPanel(
      stat({
        title: "Pages per second",
        description: "Requests that the storefront answered, files left out of no account.",
        unit: "reqps",
        queries: [{ expr: `sum(rate(${pages}[5m]))`, legend: "pages" }],
      }),
    )
    .withPanel(
      stat({
        title: "Failed pages",
        description: "The share of pages that were answered with a status of 500 or more.",
        unit: "percentunit",
        thresholds: [0.001, 0.01],
        queries: [
          {
            expr: `(sum(rate(http_server_request_duration_seconds_count{job="functions",service="frontend",http_response_status_code=~"5.."}[5m])) or vector(0)) / sum(rate(${pages}[5m]))`,
            legend: "failed",
          },
        ],
      }),
    )
    .withPanel(
      stat({
        title: "p99 of all pages",
        description: "Cold starts of callees included; the storefront's own are not its to see.",
        unit: "s",
        thresholds: [0.5, 2],
        queries: [{ expr: quantile(0.99), legend: "p99" }],
      }),
    )
    .withPanel(
      stat({
        title: "Share of cold requests",
        description: "Pages for which some function had to start.",
        unit: "percentunit",
        thresholds: [0.05, 0.25],
        queries: [
          {
            expr: `sum(increase(http_server_request_duration_seconds_count{job="functions",service="frontend",cold="true"}[15m])) / sum(increase(${pages}[15m]))`,
            legend: "cold",
          },
        ],
      }),
    )
    .withPanel(
      stat({
        title: "Orders in this hour",
        description: "As the instances of checkoutservice that were scraped have counted them.",
        unit: "short",
        queries: [{ expr: "sum(max_over_time(shop_orders_total[1h]))", legend: "orders" }],
      }),
    )
    .withPanel(
      stat({
        title: "Mails that failed",
        description:
          "Confirmations that could not be delivered in the last hour; each is tried again.",
        unit: "short",
        thresholds: [1, 5],
        queries: [
          {
            expr: 'sum(max_over_time(shop_confirmations_total{outcome="failed"}[1h])) or vector(0)',
            legend: "failed",
          },
        ],
      }),
    )
    .withRow(new RowBuilder("Latency"))
    .withPanel(
      timeSeries({
        title: "Latency of all pages",
        description: "p50, p95 and p99 over five minutes, as the storefront measures them.",
        unit: "s",
        span: 12,
        thresholds: [0.5, 2],
        link: slowTraces,
        queries: [0.5, 0.95, 0.99].map((q) => ({ expr: quantile(q), legend: `p${q * 100}` })),
      }),
    )
    .withPanel(
      heatmap({
        title: "Latency of all pages, as a heat map",
        description: "Each column is a minute. Two bands are warm and cold pages.",
        unit: "s",
        queries: [{ expr: `sum by (le) (increase(${pageBuckets}[1m]))`, legend: "{{le}}" }],
      }),
    )
    .withPanel(
      timeSeries({
        title: "p99 by page",
        description: "The slowest kinds of pages; a checkout calls six functions.",
        unit: "s",
        span: 12,
        link: slowTraces,
        queries: [
          {
            expr: `histogram_quantile(0.99, sum by (le, http_route) (rate(${pageBuckets}[5m])))`,
            legend: "{{http_route}}",
          },
        ],
      }),
    )
    .withPanel(
      timeSeries({
        title: "Pages per second by status",
        description: "What visitors got.",
        unit: "reqps",
        span: 12,
        queries: [
          {
            expr: `sum by (http_response_status_code) (rate(${pages}[5m]))`,
            legend: "{{http_response_status_code}}",
          },
        ],
      }),
    )
    .withRow(new RowBuilder("Business"))
    .withPanel(
      timeSeries({
        title: "Orders",
        description: "By the currency that they were paid in, over ten minutes.",
        unit: "short",
        queries: [
          { expr: "sum by (currency) (increase(shop_orders_total[10m]))", legend: "{{currency}}" },
        ],
      }),
    )
    .withPanel(
      timeSeries({
        title: "Revenue",
        description:
          "What was charged, shipping included, in units of each currency, over ten minutes.",
        unit: "short",
        queries: [
          { expr: "sum by (currency) (increase(shop_revenue_total[10m]))", legend: "{{currency}}" },
        ],
      }),
    )
    .withPanel(
      timeSeries({
        title: "Added to carts",
        description: "How often something was put into a cart, over ten minutes.",
        unit: "short",
        queries: [{ expr: "sum(increase(shop_cart_adds_total[10m]))", legend: "adds" }],
      }),
    );
}
