import { RowBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { createDashboard, stat, timeSeries } from "./panels.ts";

// A function's counters begin at 1 in a pod that Prometheus has never seen before, so that rate() and
// increase() miss the cold start: pods are counted by their first appearance instead.
const newPods = (window: string) =>
  `count by (service) (max_over_time(faas_coldstarts_total{job="functions"}[${window}]) > 0 unless faas_coldstarts_total{job="functions"} offset ${window})`;

/** What scaling to zero does, and what it costs. */
export function scaleToZeroDashboard() {
  return createDashboard(
    "scale-to-zero",
    "Scale to zero",
    "Instances against requests, cold starts and their phases, and the price in pod-seconds.",
  )
    .withRow(new RowBuilder("Instances"))
    .withPanel(
      timeSeries({
        title: "Instances by function",
        description: "Pods that are ready, as the autoscaler counts them.",
        unit: "short",
        span: 12,
        queries: [{ expr: "sum by (service) (kn_revision_pods_count)", legend: "{{service}}" }],
      }),
    )
    .withPanel(
      timeSeries({
        title: "Requests per second by function",
        description: "As queue-proxy counts them: the demand that the instances are there for.",
        unit: "reqps",
        span: 12,
        queries: [
          {
            expr: 'sum by (service) (rate(kn_serving_invocation_duration_seconds_count{job="queue-proxy"}[1m]))',
            legend: "{{service}}",
          },
        ],
      }),
    )
    .withPanel(
      timeSeries({
        title: "Pod-seconds per minute",
        description: "The price: seconds that pods were there, by function, in each minute.",
        unit: "s",
        span: 12,
        queries: [
          {
            expr: "sum by (service) (avg_over_time(kn_revision_pods_count[1m])) * 60",
            legend: "{{service}}",
          },
        ],
      }),
    )
    .withPanel(
      timeSeries({
        title: "Wanted and not ready",
        description: "Pods that the autoscaler wants, and those that are not ready yet.",
        unit: "short",
        span: 12,
        queries: [
          { expr: "sum by (service) (kn_revision_pods_desired)", legend: "{{service}} wanted" },
          {
            expr: "sum by (service) (kn_revision_pods_not_ready_count)",
            legend: "{{service}} not ready",
          },
        ],
      }),
    )
    .withRow(new RowBuilder("Cold starts"))
    .withPanel(
      timeSeries({
        title: "Cold starts in five minutes",
        description: "New processes that a request has met.",
        unit: "short",
        queries: [{ expr: newPods("5m"), legend: "{{service}}" }],
      }),
    )
    .withPanel(
      timeSeries({
        title: "Boot phases",
        description:
          "Mean seconds of each phase of the processes of the last 15 minutes: Node's own start, reading modules, opening the port, loading telemetry. What the platform does before is not in it: see a trace.",
        unit: "s",
        thresholds: [0.2, 0.5],
        queries: [
          {
            expr: 'sum by (phase) (max_over_time(faas_boot_seconds_sum{job="functions"}[15m])) / sum by (phase) (max_over_time(faas_boot_seconds_count{job="functions"}[15m]))',
            legend: "{{phase}}",
          },
        ],
      }),
    )
    .withPanel(
      stat({
        title: "Share of cold pages",
        description:
          "Of the storefront's pages of the last 15 minutes, those that woke a function.",
        unit: "percentunit",
        thresholds: [0.05, 0.25],
        queries: [
          {
            expr: 'sum(max_over_time(http_server_request_duration_seconds_count{job="functions",service="frontend",cold="true"}[15m])) / sum(max_over_time(http_server_request_duration_seconds_count{job="functions",service="frontend"}[15m]))',
            legend: "cold",
          },
        ],
      }),
    )
    .withPanel(
      stat({
        title: "Woken ahead",
        description:
          "Functions that were woken before they were needed (PREWARM), in the last hour.",
        unit: "short",
        queries: [
          { expr: "sum(max_over_time(faas_prewarms_total[1h])) or vector(0)", legend: "woken" },
        ],
      }),
    )
    .withRow(new RowBuilder("The platform's part"))
    .withPanel(
      timeSeries({
        title: "Waiting in the activator",
        description: "Requests for functions at zero, or for more than their instances can take.",
        unit: "short",
        thresholds: [10, 50],
        queries: [
          {
            expr: "sum by (service) (kn_revision_request_queued) or vector(0)",
            legend: "{{service}}",
          },
        ],
      }),
    )
    .withPanel(
      timeSeries({
        title: "Panic mode",
        description:
          "1 while a function's load has doubled within six seconds, and it only scales up.",
        unit: "short",
        queries: [{ expr: "max by (service) (kn_revision_panic_mode)", legend: "{{service}}" }],
      }),
    )
    .withPanel(
      timeSeries({
        title: "Excess burst capacity",
        description: "Below 0 the activator stays in the path, to hold what a burst would bring.",
        unit: "short",
        queries: [
          { expr: "min by (service) (kn_revision_capacity_excess)", legend: "{{service}}" },
        ],
      }),
    );
}
