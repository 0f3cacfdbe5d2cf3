import { countOver } from "../prometheus/count-over.ts";
import { addSections, createDashboard } from "./dashboard.ts";
import { type PanelPlan, slowTracesOf } from "./panel-plan.ts";

/** What the functions stand on. */
export function platformDashboard() {
  const heading = {
    uid: "platform",
    title: "Platform",
    description: "Activator, autoscaler, Redis, Broker, Prometheus.",
  };
  return addSections(createDashboard(heading), [
    { title: "Knative", panels: knative },
    { title: "Redis, as its clients see it", panels: redis },
    { title: "Events", panels: events },
    { title: "Prometheus", panels: scrapes },
  ]);
}

const knative: readonly PanelPlan[] = [
  {
    title: "Knative's parts",
    description: "1 for each pod that Prometheus reaches.",
    unit: "short",
    queries: [
      { expr: 'sum by (job) (up{job=~"activator|autoscaler|controller"})', legend: "{{job}}" },
    ],
  },
  {
    title: "Requests through the activator",
    description: "Requests at once that pass it: those of functions at zero, or short of capacity.",
    unit: "short",
    queries: [
      {
        expr: 'sum by (service) (kn_revision_request_concurrency{namespace="$namespace"})',
        legend: "{{service}}",
      },
    ],
  },
  {
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
  },
  {
    title: "Work queues",
    description: "What controllers have not looked at yet; it should go back to zero.",
    unit: "short",
    span: 12,
    thresholds: [50, 500],
    queries: [{ expr: "sum by (job) (kn_workqueue_depth)", legend: "{{job}}" }],
  },
  {
    title: "Answers of the API server",
    description: "To Knative's parts, by status; none where the request itself failed.",
    unit: "reqps",
    span: 12,
    queries: [
      {
        expr: "sum by (http_response_status_code) (rate(kn_k8s_client_http_response_status_code_total[5m]))",
        legend: "status {{http_response_status_code}}",
      },
    ],
  },
];

const command = "db_client_operation_duration_seconds";

const redis: readonly PanelPlan[] = [
  {
    title: "Commands per second",
    description: "By the function that sends them and by command.",
    unit: "reqps",
    queries: [
      {
        expr: `sum by (service, db_operation_name) (${countOver(`${command}_count{job="functions"}`, "5m")}) / 300`,
        legend: "{{service}} {{db_operation_name}}",
      },
    ],
  },
  {
    title: "p99 of commands",
    description: "Connecting included, which the first command of an instance does.",
    unit: "s",
    thresholds: [0.05, 0.5],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's own variable
    link: slowTracesOf("${__field.labels.service}"),
    queries: [
      {
        expr: `histogram_quantile(0.99, sum by (service, le) (${countOver(`${command}_bucket{job="functions"}`, "5m")}))`,
        legend: "{{service}}",
      },
    ],
  },
  {
    title: "Failed commands",
    description:
      "Over five minutes: unreachable, or refused by Redis (wrong password, wrong type).",
    unit: "short",
    thresholds: [1, 10],
    queries: [
      {
        expr: `sum by (service, error_type) (${countOver(`${command}_count{job="functions",error_type!=""}`, "5m")}) or vector(0)`,
        legend: "{{service}} {{error_type}}",
      },
    ],
  },
];

const events: readonly PanelPlan[] = [
  {
    title: "Events delivered",
    description: "Orders that the Broker handed to the email function, by its answer, per second.",
    unit: "reqps",
    span: 12,
    queries: [
      {
        expr: `sum by (http_response_status_code) (${countOver('http_server_request_duration_seconds_count{job="functions",service="emailservice-events"}', "5m")}) / 300`,
        legend: "status {{http_response_status_code}}",
      },
    ],
  },
  {
    title: "Confirmations",
    description:
      "Sent, repeated (a second delivery of the same event), or failed; over ten minutes.",
    unit: "short",
    span: 12,
    queries: [
      {
        expr: `sum by (outcome) (${countOver('shop_confirmations_total{job="functions"}', "10m")})`,
        legend: "{{outcome}}",
      },
    ],
  },
];

const scrapes: readonly PanelPlan[] = [
  {
    title: "Targets",
    description: "Pods that are scraped. A function at zero is none, and is not missing.",
    unit: "short",
    span: 6,
    queries: [{ expr: "count by (job) (up)", legend: "{{job}}" }],
  },
  {
    title: "Memory",
    description: "Resident memory of Prometheus. Every cold start adds the series of a new pod.",
    unit: "bytes",
    span: 6,
    queries: [{ expr: 'process_resident_memory_bytes{job="prometheus"}', legend: "resident" }],
  },
  {
    title: "Series in memory",
    description: "Series of the head block. Those of pods that have ended leave when it is cut.",
    unit: "short",
    span: 6,
    queries: [{ expr: 'prometheus_tsdb_head_series{job="prometheus"}', legend: "series" }],
  },
  {
    title: "Samples per second",
    description: "Samples that Prometheus stores, of all targets and rules.",
    unit: "short",
    span: 6,
    queries: [
      {
        expr: 'rate(prometheus_tsdb_head_samples_appended_total{job="prometheus"}[5m])',
        legend: "{{type}}",
      },
    ],
  },
];
