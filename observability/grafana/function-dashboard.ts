import {
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { createDashboard, prometheus, slowTraces, stat, timeSeries } from "./panels.ts";

const one = 'job="functions",service="$service"';

/** One function: what it answers, whom it calls, what it costs. */
export function functionDashboard() {
  return createDashboard("function", "Function", "One function: requests, callees, resources.")
    .withVariable(
      new QueryVariableBuilder("service")
        .label("Function")
        .datasource(prometheus)
        .query('label_values(process_start_time_seconds{job="functions"}, service)')
        .refresh(VariableRefresh.OnTimeRangeChanged),
    )
    .withRow(new RowBuilder("Requests"))
    .withPanel(
      timeSeries({
        title: "RPCs per second",
        description: "By method. The storefront answers pages instead: see the Shop dashboard.",
        unit: "reqps",
        queries: [
          {
            expr: `sum by (service, rpc_method) (rate(rpc_server_duration_seconds_count{${one}}[5m]))`,
            legend: "{{rpc_method}}",
          },
        ],
      }),
    )
    .withPanel(
      timeSeries({
        title: "Failed RPCs per second",
        description: "By gRPC code, without what was the caller's mistake.",
        unit: "reqps",
        thresholds: [0.01, 1],
        queries: [
          {
            expr: `sum by (service, grpc_code) (rate(rpc_server_duration_seconds_count{${one},grpc_code=~"UNKNOWN|DEADLINE_EXCEEDED|INTERNAL|UNAVAILABLE|DATA_LOSS"}[5m])) or vector(0)`,
            legend: "{{grpc_code}}",
          },
        ],
      }),
    )
    .withPanel(
      timeSeries({
        title: "p99 by RPC",
        description: "As the function measures it: what it waited before it ran is not in it.",
        unit: "s",
        link: slowTraces,
        queries: [
          {
            expr: `histogram_quantile(0.99, sum by (service, rpc_method, le) (rate(rpc_server_duration_seconds_bucket{${one}}[5m])))`,
            legend: "{{rpc_method}}",
          },
        ],
      }),
    )
    .withPanel(
      timeSeries({
        title: "Queue-proxy against application",
        description:
          "Mean seconds of a request as queue-proxy and as the function see it. The gap is waiting in the pod.",
        unit: "s",
        span: 12,
        queries: [
          {
            expr: 'sum(rate(kn_serving_invocation_duration_seconds_sum{job="queue-proxy",service="$service"}[5m])) / sum(rate(kn_serving_invocation_duration_seconds_count{job="queue-proxy",service="$service"}[5m]))',
            legend: "queue-proxy",
          },
          {
            expr: `(sum(rate(rpc_server_duration_seconds_sum{${one}}[5m])) or sum(rate(http_server_request_duration_seconds_sum{${one}}[5m]))) / (sum(rate(rpc_server_duration_seconds_count{${one}}[5m])) or sum(rate(http_server_request_duration_seconds_count{${one}}[5m])))`,
            legend: "application",
          },
        ],
      }),
    )
    .withPanel(
      timeSeries({
        title: "Concurrency",
        description: "Requests at once, over the stable and the panic window, against the target.",
        unit: "short",
        span: 12,
        queries: [
          {
            expr: 'sum(kn_revision_concurrency_stable{service="$service"})',
            legend: "stable window",
          },
          {
            expr: 'sum(kn_revision_concurrency_panic{service="$service"})',
            legend: "panic window",
          },
          { expr: 'max(kn_revision_concurrency_target{service="$service"})', legend: "target" },
        ],
      }),
    )
    .withRow(new RowBuilder("Callees"))
    .withPanel(
      timeSeries({
        title: "Calls per second",
        description: "To the functions that this one calls, by service and method.",
        unit: "reqps",
        queries: [
          {
            expr: `sum by (rpc_service, rpc_method) (rate(rpc_client_duration_seconds_count{${one}}[5m]))`,
            legend: "{{rpc_service}}/{{rpc_method}}",
          },
        ],
      }),
    )
    .withPanel(
      timeSeries({
        title: "p99 of calls",
        description: "Retries and the callee's cold start included.",
        unit: "s",
        link: slowTraces,
        queries: [
          {
            expr: `histogram_quantile(0.99, sum by (service, rpc_service, rpc_method, le) (rate(rpc_client_duration_seconds_bucket{${one}}[5m])))`,
            legend: "{{rpc_service}}/{{rpc_method}}",
          },
        ],
      }),
    )
    .withPanel(
      timeSeries({
        title: "Failed calls per second",
        description: "By the code that the call ended with.",
        unit: "reqps",
        thresholds: [0.01, 1],
        queries: [
          {
            expr: `sum by (rpc_service, grpc_code) (rate(rpc_client_duration_seconds_count{${one},grpc_code!="OK"}[5m])) or vector(0)`,
            legend: "{{rpc_service}} {{grpc_code}}",
          },
        ],
      }),
    )
    .withRow(new RowBuilder("Resources"))
    .withPanel(
      timeSeries({
        title: "CPU",
        description: "Cores, by pod; the limit is one.",
        unit: "short",
        thresholds: [0.7, 0.95],
        queries: [{ expr: `rate(process_cpu_seconds_total{${one}}[1m])`, legend: "{{pod}}" }],
      }),
    )
    .withPanel(
      timeSeries({
        title: "Memory",
        description: "Resident, by pod; the limit is 256 MiB.",
        unit: "bytes",
        thresholds: [180e6, 240e6],
        queries: [{ expr: `process_resident_memory_bytes{${one}}`, legend: "{{pod}}" }],
      }),
    )
    .withPanel(
      timeSeries({
        title: "Event loop lag",
        description: "p99, by pod: how long something that is due waits for the one thread.",
        unit: "s",
        thresholds: [0.05, 0.2],
        queries: [{ expr: `nodejs_eventloop_lag_p99_seconds{${one}}`, legend: "{{pod}}" }],
      }),
    )
    .withPanel(
      stat({
        title: "Instances",
        description: "Pods that are ready; none is no fault.",
        unit: "short",
        queries: [{ expr: 'sum(kn_revision_pods_count{service="$service"})', legend: "ready" }],
      }),
    );
}
