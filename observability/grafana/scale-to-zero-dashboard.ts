import { sumOver } from "../prometheus/promql.ts";
import { type DashboardPlan, functionOfLine, type PanelPlan } from "./plan.ts";
import { shareOfColdPages } from "./shop-dashboard.ts";

const ours = '{namespace="$namespace"}';

const instances: readonly PanelPlan[] = [
  {
    title: "Instances by function",
    description: "Ready pods, as the autoscaler counts them.",
    unit: "short",
    span: 12,
    link: functionOfLine,
    queries: { "{{service}}": `sum by (service) (kn_revision_pods_count${ours})` },
  },
  {
    title: "Requests per second by function",
    description: "As queue-proxy counts them: the demand that the instances serve.",
    unit: "reqps",
    span: 12,
    link: functionOfLine,
    queries: {
      "{{service}}": `${sumOver('kn_serving_invocation_duration_seconds_count{job="queue-proxy"}', "1m", "service")} / 60`,
    },
  },
  {
    title: "Pod-seconds per minute",
    description: "The cost: seconds that pods existed in each minute, by function.",
    unit: "s",
    span: 12,
    queries: { "{{service}}": `sum by (service) (service:kn_revision_pods:avg1m${ours}) * 60` },
  },
  {
    title: "Desired and not ready",
    description: "Pods that the autoscaler requests, and pods that are not ready yet.",
    unit: "short",
    span: 12,
    queries: {
      "{{service}} desired": `sum by (service) (kn_revision_pods_desired${ours})`,
      "{{service}} not ready": `sum by (service) (kn_revision_pods_not_ready_count${ours})`,
    },
  },
];

const coldStarts: readonly PanelPlan[] = [
  {
    title: "Cold starts per minute",
    description: "New processes that received a request, averaged over five minutes.",
    unit: "cpm",
    link: functionOfLine,
    queries: { "{{service}}": "service:faas_coldstarts:count5m / 5" },
  },
  {
    title: "Boot phases",
    description:
      "Mean seconds of each phase, over the processes of the last 15 minutes: start of Node.js, loading modules, opening the port, loading telemetry. The platform's part before is not included: see a trace.",
    unit: "s",
    thresholds: [0.2, 0.5],
    queries: {
      "{{phase}}":
        'sum by (phase) (max_over_time(faas_boot_seconds_sum{job="functions"}[15m])) / sum by (phase) (max_over_time(faas_boot_seconds_count{job="functions"}[15m]))',
    },
  },
  shareOfColdPages,
  {
    title: "Warm-up requests",
    kind: "stat",
    description: "Requests of the last hour that start a function before it is called (PREWARM).",
    unit: "short",
    queries: {
      "warm-up requests": `${sumOver('faas_prewarms_total{job="functions"}', "1h")} or vector(0)`,
    },
  },
];

const platform: readonly PanelPlan[] = [
  {
    title: "Waiting in the activator",
    description: "Requests of functions at zero, or with too few instances, by revision.",
    unit: "short",
    thresholds: [10, 50],
    queries: { "{{revision}}": `sum by (revision) (kn_revision_request_queued${ours})` },
  },
  {
    title: "Panic mode",
    description: "1 if a function's load has doubled within six seconds; it only scales up then.",
    unit: "short",
    queries: { "{{service}}": `max by (service) (kn_revision_panic_mode${ours})` },
  },
  {
    title: "Excess burst capacity",
    description: "Below 0 the activator stays in the path, to buffer a burst of requests.",
    unit: "short",
    hasNegative: true,
    queries: { "{{service}}": `min by (service) (kn_revision_capacity_excess${ours})` },
  },
];

/** Scaling to zero: instances, cold starts, cost. */
export const scaleToZeroDashboard: DashboardPlan = {
  uid: "scale-to-zero",
  title: "Scale to zero",
  description: "Instances and requests, cold starts and their phases, the cost in pod-seconds.",
  rows: { Instances: instances, "Cold starts": coldStarts, "Knative's part": platform },
};
