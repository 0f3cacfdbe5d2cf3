import { awaitedRpcs, failedRpcs, perSecond, quantileOver, sumOver } from "../prometheus/promql.ts";
import { type DashboardPlan, type PanelPlan, slowTracesOf } from "./plan.ts";

const one = 'job="functions",service="$service"';
const revision = 'namespace="$namespace",service="$service"';
const rpcs = "method:rpc_server_requests:count5m";
const sent = "rpc_client_duration_seconds";
const lookups = "rpc_client_cache_lookups_total";
const slowTraces = slowTracesOf("$service");

const requests: readonly PanelPlan[] = [
  {
    title: "RPCs per second",
    description: "By method. The storefront serves pages instead: see the dashboard Shop.",
    unit: "reqps",
    queries: { "{{rpc_method}}": `sum by (rpc_method) (${rpcs}{service="$service"}) / 300` },
  },
  {
    title: "Failed RPCs per second",
    description: "By gRPC code, without the codes that report a mistake of the caller.",
    unit: "reqps",
    thresholds: [0.01, 1],
    queries: {
      "{{grpc_code}}": `sum by (grpc_code) (${rpcs}{service="$service",${failedRpcs}}) / 300 or vector(0)`,
    },
  },
  {
    title: "p99 by RPC",
    description: "As the function measures it, without the time that a request waited before.",
    unit: "s",
    link: slowTraces,
    queries: {
      "{{rpc_method}}": quantileOver(
        0.99,
        `rpc_server_duration_seconds_bucket{${one},${awaitedRpcs}}`,
        "rpc_method",
      ),
    },
  },
  {
    title: "Mean latency at queue-proxy and in the application",
    description: "Mean seconds per request. The difference is the time that it waits in the pod.",
    unit: "s",
    span: 12,
    queries: { "queue-proxy": meanInQueueProxy(), application: meanInApplication() },
  },
  {
    title: "Concurrency",
    description: "Concurrent requests in the stable and the panic window, and the target.",
    unit: "short",
    span: 12,
    queries: {
      "stable window": `sum(kn_revision_concurrency_stable{${revision}})`,
      "panic window": `sum(kn_revision_concurrency_panic{${revision}})`,
      target: `max(kn_revision_concurrency_target{${revision}})`,
    },
  },
];

function meanInQueueProxy(): string {
  const of = (part: string) =>
    sumOver(
      `kn_serving_invocation_duration_seconds_${part}{job="queue-proxy",service="$service"}`,
      "5m",
    );
  return `${of("sum")} / ${of("count")}`;
}

// The storefront serves HTTP, the other functions RPCs.
function meanInApplication(): string {
  const of = (part: string) =>
    `(${sumOver(`rpc_server_duration_seconds_${part}{${one}}`, "5m")} or ${sumOver(`http_server_request_duration_seconds_${part}{${one}}`, "5m")})`;
  return `${of("sum")} / ${of("count")}`;
}

const dependencies: readonly PanelPlan[] = [
  {
    title: "Calls per second",
    description: "Calls that this function makes, by service and method.",
    unit: "reqps",
    queries: {
      "{{rpc_service}}/{{rpc_method}}": perSecond(
        `${sent}_count{${one}}`,
        "rpc_service, rpc_method",
      ),
    },
  },
  {
    title: "Kept responses per second",
    description:
      "Responses that were used again, fresh (hit) or stale; calls that shared another one (collapsed); calls that were made (miss).",
    unit: "reqps",
    queries: { "{{result}}": perSecond(`${lookups}{${one}}`, "result") },
  },
  {
    title: "p99 of calls",
    description: "Includes retries and the dependency's cold start.",
    unit: "s",
    link: slowTraces,
    queries: {
      "{{rpc_service}}/{{rpc_method}}": quantileOver(
        0.99,
        `${sent}_bucket{${one},${awaitedRpcs}}`,
        "rpc_service, rpc_method",
      ),
    },
  },
  {
    title: "Failed calls per second",
    description: "By gRPC code. Calls that this function cancelled (CANCELLED) do not count.",
    unit: "reqps",
    thresholds: [0.01, 1],
    queries: {
      "{{rpc_service}} {{grpc_code}}": `${perSecond(`${sent}_count{${one},grpc_code!="OK",${awaitedRpcs}}`, "rpc_service, grpc_code")} or vector(0)`,
    },
  },
];

const resources: readonly PanelPlan[] = [
  {
    title: "CPU",
    description: "Cores, by pod; the limit is one core.",
    unit: "short",
    thresholds: [0.7, 0.95],
    queries: { "{{pod}}": `rate(process_cpu_seconds_total{${one}}[1m])` },
  },
  {
    title: "Memory",
    description: "Resident memory, by pod; the limit is 256 MiB.",
    unit: "bytes",
    thresholds: [180e6, 240e6],
    queries: { "{{pod}}": `process_resident_memory_bytes{${one}}` },
  },
  {
    title: "Event loop lag",
    description: "p99, by pod: how long a due callback waits for Node.js' only thread.",
    unit: "s",
    thresholds: [0.05, 0.2],
    queries: { "{{pod}}": `nodejs_eventloop_lag_p99_seconds{${one}}` },
  },
  {
    title: "Instances",
    kind: "stat",
    description: "Ready pods. A function at zero has none, which is normal.",
    unit: "short",
    queries: { ready: `sum(kn_revision_pods_count{${revision}})` },
  },
];

/** One function: its requests, the calls that it makes, its resources. */
export const functionDashboard: DashboardPlan = {
  uid: "function",
  title: "Function",
  description: "One function: requests, dependencies, resources.",
  variables: [
    {
      name: "service",
      label: "Function",
      description: "The functions that have been scraped in the time range",
      selector: 'process_start_time_seconds{job="functions"}',
    },
  ],
  rows: { Requests: requests, Dependencies: dependencies, Resources: resources },
};
