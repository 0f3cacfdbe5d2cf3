import { countOver } from "../prometheus/count-over.ts";
import { addSections, createDashboard } from "./dashboard.ts";
import { functionOfLine, type PanelPlan } from "./panel-plan.ts";

const ours = '{namespace="$namespace"}';
const pages = 'http_server_request_duration_seconds_count{job="functions",service="frontend"}';
const coldPages =
  'http_server_request_duration_seconds_count{job="functions",service="frontend",cold="true"}';

/** What scaling to zero does, and what it costs. */
export function scaleToZeroDashboard() {
  const heading = {
    uid: "scale-to-zero",
    title: "Scale to zero",
    description:
      "Instances against requests, cold starts and their phases, and the price in pod-seconds.",
  };
  return addSections(createDashboard(heading), [
    { title: "Instances", panels: instances },
    { title: "Cold starts", panels: coldStarts },
    { title: "The platform's part", panels: platform },
  ]);
}

const instances: readonly PanelPlan[] = [
  {
    title: "Instances by function",
    description: "Pods that are ready, as the autoscaler counts them.",
    unit: "short",
    span: 12,
    link: functionOfLine,
    queries: [{ expr: `sum by (service) (kn_revision_pods_count${ours})`, legend: "{{service}}" }],
  },
  {
    title: "Requests per second by function",
    description: "As queue-proxy counts them: the demand that the instances are there for.",
    unit: "reqps",
    span: 12,
    link: functionOfLine,
    queries: [
      {
        expr: `sum by (service) (${countOver('kn_serving_invocation_duration_seconds_count{job="queue-proxy"}', "1m")}) / 60`,
        legend: "{{service}}",
      },
    ],
  },
  {
    title: "Pod-seconds per minute",
    description: "The price: seconds that pods were there, by function, in each minute.",
    unit: "s",
    span: 12,
    queries: [
      {
        expr: `sum by (service) (service:kn_revision_pods:avg1m${ours}) * 60`,
        legend: "{{service}}",
      },
    ],
  },
  {
    title: "Wanted and not ready",
    description: "Pods that the autoscaler wants, and those that are not ready yet.",
    unit: "short",
    span: 12,
    queries: [
      {
        expr: `sum by (service) (kn_revision_pods_desired${ours})`,
        legend: "{{service}} wanted",
      },
      {
        expr: `sum by (service) (kn_revision_pods_not_ready_count${ours})`,
        legend: "{{service}} not ready",
      },
    ],
  },
];

const coldStarts: readonly PanelPlan[] = [
  {
    title: "Cold starts per minute",
    description: "New processes that a request has met, averaged over five minutes.",
    unit: "cpm",
    link: functionOfLine,
    queries: [{ expr: "service:faas_coldstarts:count5m / 5", legend: "{{service}}" }],
  },
  {
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
  },
  {
    title: "Share of cold pages",
    kind: "stat",
    description: "Of the storefront's pages of the last 15 minutes, those that woke a function.",
    unit: "percentunit",
    thresholds: [0.05, 0.25],
    queries: [
      {
        expr: `sum(${countOver(coldPages, "15m")}) / sum(${countOver(pages, "15m")})`,
        legend: "cold",
      },
    ],
  },
  {
    title: "Woken ahead",
    kind: "stat",
    description: "Functions that were woken before they were needed (PREWARM), in the last hour.",
    unit: "short",
    queries: [
      {
        expr: `sum(${countOver('faas_prewarms_total{job="functions"}', "1h")}) or vector(0)`,
        legend: "woken",
      },
    ],
  },
];

const platform: readonly PanelPlan[] = [
  {
    title: "Waiting in the activator",
    description:
      "Requests for functions at zero, or for more than their instances can take, by revision.",
    unit: "short",
    thresholds: [10, 50],
    queries: [
      { expr: `sum by (revision) (kn_revision_request_queued${ours})`, legend: "{{revision}}" },
    ],
  },
  {
    title: "Panic mode",
    description: "1 while a function's load has doubled within six seconds, and it only scales up.",
    unit: "short",
    queries: [{ expr: `max by (service) (kn_revision_panic_mode${ours})`, legend: "{{service}}" }],
  },
  {
    title: "Excess burst capacity",
    description: "Below 0 the activator stays in the path, to hold what a burst would bring.",
    unit: "short",
    hasNegative: true,
    queries: [
      { expr: `min by (service) (kn_revision_capacity_excess${ours})`, legend: "{{service}}" },
    ],
  },
];
