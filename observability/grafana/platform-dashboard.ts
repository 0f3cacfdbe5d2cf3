import { perSecond, quantileOver, sumOver } from "../prometheus/promql.ts";
import { type DashboardPlan, type PanelPlan, slowTracesOf } from "./plan.ts";

const knative: readonly PanelPlan[] = [
  {
    title: "Knative components",
    description: "The number of pods of each component that Prometheus reaches.",
    unit: "short",
    queries: { "{{job}}": 'sum by (job) (up{job=~"activator|autoscaler|controller"})' },
  },
  {
    title: "Requests through the activator",
    description: "Concurrent requests: of functions at zero, or with too little capacity.",
    unit: "short",
    queries: {
      "{{service}}": 'sum by (service) (kn_revision_request_concurrency{namespace="$namespace"})',
    },
  },
  {
    title: "Autoscaler scrapes",
    description: "p99 of the seconds to scrape a function's pods; slow scrapes delay scaling.",
    unit: "s",
    thresholds: [0.5, 1],
    queries: {
      p99: "histogram_quantile(0.99, sum by (le) (rate(kn_autoscaler_scrape_duration_seconds_bucket[5m])))",
    },
  },
  {
    title: "Work queues",
    description: "Objects that controllers have not processed yet; it should return to zero.",
    unit: "short",
    span: 12,
    thresholds: [50, 500],
    queries: { "{{job}}": "sum by (job) (kn_workqueue_depth)" },
  },
  {
    title: "Responses of the API server",
    description: "To Knative's components, by status; without a status if the request failed.",
    unit: "reqps",
    span: 12,
    queries: {
      "status {{http_response_status_code}}":
        "sum by (http_response_status_code) (rate(kn_k8s_client_http_response_status_code_total[5m]))",
    },
  },
];

const command = "db_client_operation_duration_seconds";

const redis: readonly PanelPlan[] = [
  {
    title: "Commands per second",
    description: "By function and command.",
    unit: "reqps",
    queries: {
      "{{service}} {{db_operation_name}}": perSecond(
        `${command}_count{job="functions"}`,
        "service, db_operation_name",
      ),
    },
  },
  {
    title: "p99 of commands",
    description: "Includes connecting, which is part of an instance's first command.",
    unit: "s",
    thresholds: [0.05, 0.5],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's own variable
    link: slowTracesOf("${__field.labels.service}"),
    queries: { "{{service}}": quantileOver(0.99, `${command}_bucket{job="functions"}`, "service") },
  },
  {
    title: "Failed commands",
    description: "Over five minutes: Redis was unreachable or rejected the command.",
    unit: "short",
    thresholds: [1, 10],
    queries: {
      "{{service}} {{error_type}}": `${sumOver(`${command}_count{job="functions",error_type!=""}`, "5m", "service, error_type")} or vector(0)`,
    },
  },
];

const events: readonly PanelPlan[] = [
  {
    title: "Events delivered",
    description: "Events per second that the Broker delivered to the email function, by status.",
    unit: "reqps",
    span: 12,
    queries: {
      "status {{http_response_status_code}}": perSecond(
        'http_server_request_duration_seconds_count{job="functions",service="emailservice-events"}',
        "http_response_status_code",
      ),
    },
  },
  {
    title: "Confirmations",
    description:
      "Over ten minutes: sent, repeated (a second delivery of the same event), or failed.",
    unit: "short",
    span: 12,
    queries: {
      "{{outcome}}": sumOver('shop_confirmations_total{job="functions"}', "10m", "outcome"),
    },
  },
];

const scrapes: readonly PanelPlan[] = [
  {
    title: "Targets",
    description: "Pods that are scraped. A function at zero has no pod and so no target.",
    unit: "short",
    span: 6,
    queries: { "{{job}}": "count by (job) (up)" },
  },
  {
    title: "Memory",
    description: "Resident memory of Prometheus. Every cold start adds the series of a new pod.",
    unit: "bytes",
    span: 6,
    queries: { resident: 'process_resident_memory_bytes{job="prometheus"}' },
  },
  {
    title: "Series in memory",
    description: "Series of the head block. It drops those of ended pods when it is cut.",
    unit: "short",
    span: 6,
    queries: { series: 'prometheus_tsdb_head_series{job="prometheus"}' },
  },
  {
    title: "Samples per second",
    description: "Samples of all targets and rules that Prometheus stores.",
    unit: "short",
    span: 6,
    queries: {
      "{{type}}": 'rate(prometheus_tsdb_head_samples_appended_total{job="prometheus"}[5m])',
    },
  },
];

/** The functions' dependencies: Knative, Redis, the Broker, Prometheus. */
export const platformDashboard: DashboardPlan = {
  uid: "platform",
  title: "Platform",
  description: "Activator, autoscaler, Redis, Broker, Prometheus.",
  rows: {
    Knative: knative,
    "Redis, measured by its clients": redis,
    Events: events,
    Prometheus: scrapes,
  },
};
