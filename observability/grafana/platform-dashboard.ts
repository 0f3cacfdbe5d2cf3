import { RowBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { createDashboard, timeSeries } from "./panels.ts";

/** What the functions stand on. */
export function platformDashboard() {
  return createDashboard(
    "platform",
    "Platform",
    "Activator, autoscaler, Redis, Broker, Prometheus.",
  )
    .withRow(new RowBuilder("Knative"))
    .withPanel(
      timeSeries({
        title: "Knative's parts",
        description: "1 for each pod that Prometheus reaches.",
        unit: "short",
        queries: [
          { expr: 'sum by (job) (up{job=~"activator|autoscaler|controller"})', legend: "{{job}}" },
        ],
      }),
    )
    .withPanel(
      timeSeries({
        title: "Requests through the activator",
        description:
          "Requests at once that pass it: those of functions at zero, or short of capacity.",
        unit: "short",
        queries: [
          { expr: "sum by (service) (kn_revision_request_concurrency)", legend: "{{service}}" },
        ],
      }),
    )
    .withPanel(
      timeSeries({
        title: "Autoscaler scrapes",
        description: "p99 seconds to read a function's pods; slow ones delay scaling.",
        unit: "s",
        thresholds: [0.5, 1],
        queries: [
          {
            expr: "histogram_quantile(0.99, sum by (le) (rate(kn_autoscaler_scrape_duration_seconds_bucket[5m])))",
            legend: "p99",
          },
        ],
      }),
    )
    .withPanel(
      timeSeries({
        title: "Work queues",
        description: "What controllers have not looked at yet; it should go back to zero.",
        unit: "short",
        span: 12,
        thresholds: [50, 500],
        queries: [{ expr: "sum by (job) (kn_workqueue_depth)", legend: "{{job}}" }],
      }),
    )
    .withPanel(
      timeSeries({
        title: "Answers of the API server",
        description: "To Knative's parts, by status.",
        unit: "reqps",
        span: 12,
        queries: [
          {
            expr: "sum by (http_response_status_code) (rate(kn_k8s_client_http_response_status_code_total[5m]))",
            legend: "{{http_response_status_code}}",
          },
        ],
      }),
    )
    .withRow(new RowBuilder("Stores and events"))
    .withPanel(
      timeSeries({
        title: "Cart RPCs that a store failed",
        description: "UNAVAILABLE from cartservice: Redis does not answer.",
        unit: "reqps",
        thresholds: [0.01, 0.1],
        queries: [
          {
            expr: 'sum(rate(rpc_server_duration_seconds_count{service="cartservice",grpc_code="UNAVAILABLE"}[5m])) or vector(0)',
            legend: "failed",
          },
        ],
      }),
    )
    .withPanel(
      timeSeries({
        title: "Events delivered",
        description: "Orders that the Broker handed to the email function, by its answer.",
        unit: "reqps",
        queries: [
          {
            expr: 'sum by (http_response_status_code) (rate(http_server_request_duration_seconds_count{job="functions",service="emailservice-events"}[5m])) or vector(0)',
            legend: "{{http_response_status_code}}",
          },
        ],
      }),
    )
    .withPanel(
      timeSeries({
        title: "Confirmations",
        description:
          "Sent, repeated (a second delivery of the same event), or failed; over ten minutes.",
        unit: "short",
        queries: [
          {
            expr: "sum by (outcome) (max_over_time(shop_confirmations_total[10m])) or vector(0)",
            legend: "{{outcome}}",
          },
        ],
      }),
    )
    .withPanel(
      timeSeries({
        title: "Targets",
        description: "Pods that are scraped. A function at zero is none, and is not missing.",
        unit: "short",
        span: 24,
        queries: [{ expr: "count by (job) (up)", legend: "{{job}}" }],
      }),
    );
}
