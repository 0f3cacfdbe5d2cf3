import { awaitedRequests, countOver, failedRpcs, sumOver } from "./promql.ts";
import type { AlertPlan, RecordingRule, RuleGroup } from "./rule-plan.ts";

const pages = 'job="functions",service="frontend"';
const coldStarts = 'faas_coldstarts_total{job="functions"}';

// The autoscaler and the activator report every revision of the cluster. Only the namespaces in which
// Prometheus has scraped functions within a day count: within a day because all may be at zero.
const ours = "and on (namespace) shop:namespace:info";

// Rejected requests are part of both durations.
const requests = ["http_server_request", "rpc_server"]
  .map((name) => countOver(`${name}_duration_seconds_count{job="functions"}`, "1m"))
  .join(" or ");

// The processor counts the spans that the exporter lost too, but without the collector's status.
const lostSpans = [
  'otel_sdk_exporter_span_exported_total{job="functions",error_type!=""}',
  'otel_sdk_processor_span_processed_total{job="functions",error_type="queue_full"}',
]
  .map((selector) => countOver(selector, "5m"))
  .join(" or ");

const records: readonly RecordingRule[] = [
  {
    record: "shop:namespace:info",
    expr: 'group by (namespace) (last_over_time(up{job="functions"}[1d]))',
  },
  {
    record: "route:http_server_requests:count5m",
    expr: sumOver(
      `http_server_request_duration_seconds_count{${pages}}`,
      "5m",
      "http_route, http_response_status_code, cold",
    ),
  },
  {
    record: "route:http_server_request_duration_seconds_bucket:count5m",
    expr: sumOver(
      `http_server_request_duration_seconds_bucket{${pages},${awaitedRequests}}`,
      "5m",
      "http_route, le",
    ),
  },
  {
    record: "method:rpc_server_requests:count5m",
    expr: sumOver(
      'rpc_server_duration_seconds_count{job="functions"}',
      "5m",
      "service, rpc_method, grpc_code",
    ),
  },
  {
    record: "service:kn_revision_pods:avg1m",
    expr: `sum by (namespace, service) (avg_over_time(kn_revision_pods_count[1m])) ${ours}`,
  },
  { record: "service:faas_coldstarts:count5m", expr: sumOver(coldStarts, "5m", "service") },
  {
    record: "service:faas_boot_seconds:avg1h",
    expr: `sum by (service) (max_over_time(faas_boot_seconds_sum{job="functions",phase!="spawn"}[1h])) / sum by (service) (max_over_time(${coldStarts}[1h]))`,
  },
  {
    record: "method:rpc_client_circuit_breaker_open:max",
    expr: 'max by (service, rpc_method) (rpc_client_circuit_breaker_open{job="functions"})',
  },
  {
    record: "service:otel_spans_lost:count5m",
    expr: `sum by (service, error_type) (${lostSpans})`,
  },
];

const alerts: readonly AlertPlan[] = [
  {
    alert: "FunctionCannotStart",
    expr: `max by (namespace, service) (kn_revision_pods_desired) > 0 unless on (namespace, service) max by (namespace, service) (kn_revision_pods_count) > 0 ${ours}`,
    for: "2m",
    severity: "page",
    summary: "{{ $labels.service }} should run and has no ready instance",
    description:
      "The autoscaler has requested pods for two minutes and none is ready. Requests wait in the activator until they time out.",
  },
  {
    alert: "ColdStartRegression",
    // Compared with the mean of a day: a function may not have started at this time of the previous day.
    expr: "service:faas_boot_seconds:avg1h > 1.5 * avg_over_time(service:faas_boot_seconds:avg1h[1d] offset 2h) and service:faas_boot_seconds:avg1h > 0.3",
    for: "30m",
    severity: "ticket",
    summary: "{{ $labels.service }}: boot time is 50 % above the previous day's",
    description:
      "Booting takes {{ $value | humanizeDuration }}, from the start of the process until it accepts requests.",
  },
  {
    alert: "ActivatorQueueGrowing",
    // The activator reports the revision of queued requests, not the function.
    expr: `sum by (namespace, revision) (kn_revision_request_queued) > 10 and sum by (namespace, revision) (deriv(kn_revision_request_queued[2m])) > 0 ${ours}`,
    for: "1m",
    severity: "page",
    summary: "The queue of {{ $labels.revision }} in the activator is growing",
    description:
      "{{ $value }} requests are queued and the number is growing: instances do not start, or max-scale is too low.",
  },
  {
    alert: "RequestsRejected",
    expr: `${sumOver('server_requests_rejected_total{job="functions"}', "1m", "service")} / on (service) sum by (service) (${requests}) > 0.01`,
    for: "5m",
    severity: "page",
    summary: "{{ $labels.service }} rejects requests",
    description:
      "In each of the last five minutes more than 1 % of its requests were beyond MAX_CONCURRENT_REQUESTS, of the last one {{ $value | humanizePercentage }}. Callers get 503 or RESOURCE_EXHAUSTED.",
  },
  {
    alert: "CircuitBreakerOpen",
    // A breaker stays open while nobody calls: only functions whose calls fail count.
    expr: `method:rpc_client_circuit_breaker_open:max > 0 and on (service) ${sumOver(`rpc_client_duration_seconds_count{job="functions",${failedRpcs}}`, "5m", "service")} > 0`,
    for: "5m",
    severity: "page",
    summary: "{{ $labels.service }} does not call {{ $labels.rpc_method }}",
    description:
      "The method has not answered for five minutes. Calls fail at once; pages that need it answer 503, others are shown without a part.",
  },
  {
    alert: "SpansLost",
    expr: "sum by (error_type) (service:otel_spans_lost:count5m) > 0",
    for: "15m",
    severity: "ticket",
    summary: "Spans are lost: {{ $labels.error_type }}",
    description:
      "The functions lost {{ $value }} spans within five minutes: traces are incomplete. Requests do not fail for that.",
  },
];

/** Recording rules for the dashboards and alerts, and the alerts about functions. */
export const shopRules: readonly RuleGroup[] = [
  { name: "shop-functions", rules: records },
  { name: "shop-alerts", rules: alerts },
];
