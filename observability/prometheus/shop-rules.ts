import { stringify } from "yaml";
import { countOver } from "./count-over.ts";
import { awaitedRequests } from "./selectors.ts";

const pages = 'job="functions",service="frontend"';
const confirmations = 'shop_confirmations_total{job="functions"}';
const coldStarts = 'faas_coldstarts_total{job="functions"}';

// The autoscaler and the activator tell of every revision of the cluster: kept are the namespaces in
// which Prometheus has found functions to scrape, within a day as they may all be at zero.
const ours = "and on (namespace) shop:namespace:info";

const records: readonly (readonly [name: string, expr: string])[] = [
  ["shop:namespace:info", 'group by (namespace) (last_over_time(up{job="functions"}[1d]))'],
  [
    "route:http_server_requests:count5m",
    `sum by (http_route, http_response_status_code, cold) (${countOver(`http_server_request_duration_seconds_count{${pages}}`, "5m")})`,
  ],
  [
    "route:http_server_request_duration_seconds_bucket:count5m",
    `sum by (http_route, le) (${countOver(`http_server_request_duration_seconds_bucket{${pages},${awaitedRequests}}`, "5m")})`,
  ],
  [
    "method:rpc_server_requests:count5m",
    `sum by (service, rpc_method, grpc_code) (${countOver('rpc_server_duration_seconds_count{job="functions"}', "5m")})`,
  ],
  [
    "service:kn_revision_pods:avg1m",
    `sum by (namespace, service) (avg_over_time(kn_revision_pods_count[1m])) ${ours}`,
  ],
  ["service:faas_coldstarts:count5m", `sum by (service) (${countOver(coldStarts, "5m")})`],
  [
    "service:faas_boot_seconds:avg1h",
    `sum by (service) (max_over_time(faas_boot_seconds_sum{job="functions",phase!="spawn"}[1h])) / sum by (service) (max_over_time(${coldStarts}[1h]))`,
  ],
  ["outcome:shop_confirmations:count5m", `sum by (outcome) (${countOver(confirmations, "5m")})`],
  ["outcome:shop_confirmations:count15m", `sum by (outcome) (${countOver(confirmations, "15m")})`],
];

const alerts: readonly Alert[] = [
  {
    alert: "FunctionCannotStart",
    expr: `max by (namespace, service) (kn_revision_pods_desired) > 0 unless on (namespace, service) max by (namespace, service) (kn_revision_pods_count) > 0 ${ours}`,
    for: "2m",
    severity: "page",
    summary: "{{ $labels.service }} is wanted and has no instance that is ready",
    description:
      "The autoscaler has wanted pods of it for two minutes and none is ready. Its requests wait in the activator until they time out.",
  },
  {
    alert: "ColdStartRegression",
    // The mean of a day before it, since a function need not have started at this time yesterday.
    expr: "service:faas_boot_seconds:avg1h > 1.5 * avg_over_time(service:faas_boot_seconds:avg1h[1d] offset 2h) and service:faas_boot_seconds:avg1h > 0.3",
    for: "30m",
    severity: "ticket",
    summary: "{{ $labels.service }} boots half as slow again as in the day before",
    description:
      "It takes {{ $value | humanizeDuration }} from the start of its process until it takes requests.",
  },
  {
    alert: "ActivatorQueueGrowing",
    // The activator tells the revision of what waits, not the function.
    expr: `sum by (namespace, revision) (kn_revision_request_queued) > 10 and sum by (namespace, revision) (deriv(kn_revision_request_queued[2m])) > 0 ${ours}`,
    for: "1m",
    severity: "page",
    summary: "More and more requests for {{ $labels.revision }} wait in the activator",
    description:
      "{{ $value }} requests wait, and they become more: its instances do not start, or are too few (max-scale).",
  },
  {
    alert: "MailsNotDelivered",
    expr: 'sum(outcome:shop_confirmations:count15m{outcome="failed"}) > 0 unless sum(outcome:shop_confirmations:count5m{outcome="sent"}) > 0',
    for: "5m",
    severity: "ticket",
    summary: "Order confirmations are not delivered",
    description:
      "Deliveries that failed within 15 minutes: {{ $value }}. None has succeeded lately. An event is given up after 15.5 s and not sent again.",
  },
];

interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly severity: "page" | "ticket";
  readonly summary: string;
  readonly description: string;
}

/** What the dashboards and alerts use most as recording rules, and the alerts about functions, as YAML. */
export function writeShopRules(): string {
  const head =
    "# Written from observability/prometheus/shop-rules.ts by npm run generate: change it there.\n";
  const groups = [
    { name: "shop-functions", rules: records.map(([record, expr]) => ({ record, expr })) },
    { name: "shop-alerts", rules: alerts.map(writeAlert) },
  ];
  return head + stringify({ groups }, { lineWidth: 0 });
}

function writeAlert({ alert, expr, for: wait, severity, summary, description }: Alert): object {
  const runbook_url = `docs/runbook.md#${alert.toLowerCase()}`;
  return {
    alert,
    expr,
    for: wait,
    labels: { severity },
    annotations: { summary, description, runbook_url },
  };
}
