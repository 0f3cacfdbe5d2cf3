import { QueryVariableBuilder, VariableRefresh } from "@grafana/grafana-foundation-sdk/dashboard";
import { countOver } from "../prometheus/count-over.ts";
import { awaitedRpcs, failedRpcs } from "../prometheus/selectors.ts";
import { addSections, createDashboard } from "./dashboard.ts";
import { type PanelPlan, prometheus, type Query, slowTracesOf } from "./panel-plan.ts";

const one = 'job="functions",service="$service"';
const revision = 'namespace="$namespace",service="$service"';
const rpcs = "method:rpc_server_requests:count5m";
const slowTraces = slowTracesOf("$service");
const sumOver5m = (selector: string) => `sum(${countOver(selector, "5m")})`;

/** One function: what it answers, whom it calls, what it costs. */
export function functionDashboard() {
  const heading = {
    uid: "function",
    title: "Function",
    description: "One function: requests, callees, resources.",
  };
  const dashboard = createDashboard(heading).withVariable(
    new QueryVariableBuilder("service")
      .label("Function")
      .datasource(prometheus)
      .query('label_values(process_start_time_seconds{job="functions"}, service)')
      .refresh(VariableRefresh.OnTimeRangeChanged),
  );
  return addSections(dashboard, [
    { title: "Requests", panels: requests },
    { title: "Callees", panels: callees },
    { title: "Resources", panels: resources },
  ]);
}

const requests: readonly PanelPlan[] = [
  {
    title: "RPCs per second",
    description: "By method. The storefront answers pages instead: see the Shop dashboard.",
    unit: "reqps",
    queries: [
      {
        expr: `sum by (rpc_method) (${rpcs}{service="$service"}) / 300`,
        legend: "{{rpc_method}}",
      },
    ],
  },
  {
    title: "Failed RPCs per second",
    description: "By gRPC code, without what was the caller's mistake.",
    unit: "reqps",
    thresholds: [0.01, 1],
    queries: [
      {
        expr: `sum by (grpc_code) (${rpcs}{service="$service",${failedRpcs}}) / 300 or vector(0)`,
        legend: "{{grpc_code}}",
      },
    ],
  },
  {
    title: "p99 by RPC",
    description: "As the function measures it: what it waited before it ran is not in it.",
    unit: "s",
    link: slowTraces,
    queries: [
      {
        expr: `histogram_quantile(0.99, sum by (rpc_method, le) (${countOver(`rpc_server_duration_seconds_bucket{${one},${awaitedRpcs}}`, "5m")}))`,
        legend: "{{rpc_method}}",
      },
    ],
  },
  {
    title: "Queue-proxy against application",
    description:
      "Mean seconds of a request as queue-proxy and as the function see it. The gap is waiting in the pod.",
    unit: "s",
    span: 12,
    queries: [meanInQueueProxy(), meanInApplication()],
  },
  {
    title: "Concurrency",
    description: "Requests at once, over the stable and the panic window, against the target.",
    unit: "short",
    span: 12,
    queries: [
      { expr: `sum(kn_revision_concurrency_stable{${revision}})`, legend: "stable window" },
      { expr: `sum(kn_revision_concurrency_panic{${revision}})`, legend: "panic window" },
      { expr: `max(kn_revision_concurrency_target{${revision}})`, legend: "target" },
    ],
  },
];

function meanInQueueProxy(): Query {
  const of = (part: string) =>
    sumOver5m(
      `kn_serving_invocation_duration_seconds_${part}{job="queue-proxy",service="$service"}`,
    );
  return { expr: `${of("sum")} / ${of("count")}`, legend: "queue-proxy" };
}

// The storefront answers HTTP, the others RPCs.
function meanInApplication(): Query {
  const of = (part: string) =>
    `(${sumOver5m(`rpc_server_duration_seconds_${part}{${one}}`)} or ${sumOver5m(`http_server_request_duration_seconds_${part}{${one}}`)})`;
  return { expr: `${of("sum")} / ${of("count")}`, legend: "application" };
}

const callees: readonly PanelPlan[] = [
  {
    title: "Calls per second",
    description: "To the functions that this one calls, by service and method.",
    unit: "reqps",
    queries: [
      {
        expr: `sum by (rpc_service, rpc_method) (${countOver(`rpc_client_duration_seconds_count{${one}}`, "5m")}) / 300`,
        legend: "{{rpc_service}}/{{rpc_method}}",
      },
    ],
  },
  {
    title: "p99 of calls",
    description: "Retries and the callee's cold start included.",
    unit: "s",
    link: slowTraces,
    queries: [
      {
        expr: `histogram_quantile(0.99, sum by (rpc_service, rpc_method, le) (${countOver(`rpc_client_duration_seconds_bucket{${one},${awaitedRpcs}}`, "5m")}))`,
        legend: "{{rpc_service}}/{{rpc_method}}",
      },
    ],
  },
  {
    title: "Failed calls per second",
    description:
      "By the code that the call ended with; given up by this function (CANCELLED) is no failure.",
    unit: "reqps",
    thresholds: [0.01, 1],
    queries: [
      {
        expr: `sum by (rpc_service, grpc_code) (${countOver(`rpc_client_duration_seconds_count{${one},grpc_code!="OK",${awaitedRpcs}}`, "5m")}) / 300 or vector(0)`,
        legend: "{{rpc_service}} {{grpc_code}}",
      },
    ],
  },
];

const resources: readonly PanelPlan[] = [
  {
    title: "CPU",
    description: "Cores, by pod; the limit is one.",
    unit: "short",
    thresholds: [0.7, 0.95],
    queries: [{ expr: `rate(process_cpu_seconds_total{${one}}[1m])`, legend: "{{pod}}" }],
  },
  {
    title: "Memory",
    description: "Resident, by pod; the limit is 256 MiB.",
    unit: "bytes",
    thresholds: [180e6, 240e6],
    queries: [{ expr: `process_resident_memory_bytes{${one}}`, legend: "{{pod}}" }],
  },
  {
    title: "Event loop lag",
    description: "p99, by pod: how long something that is due waits for the one thread.",
    unit: "s",
    thresholds: [0.05, 0.2],
    queries: [{ expr: `nodejs_eventloop_lag_p99_seconds{${one}}`, legend: "{{pod}}" }],
  },
  {
    title: "Instances",
    kind: "stat",
    description: "Pods that are ready; none is no fault.",
    unit: "short",
    queries: [{ expr: `sum(kn_revision_pods_count{${revision}})`, legend: "ready" }],
  },
];
