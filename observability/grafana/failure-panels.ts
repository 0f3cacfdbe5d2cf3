import { perSecond } from "../prometheus/promql.ts";
import { functionOfLine, type PanelPlan } from "./plan.ts";

/** What the functions reject, do not call, or lose, so that the rest of the shop works. */
export const failurePanels: readonly PanelPlan[] = [
  {
    title: "Rejected requests per second",
    description:
      "By function: requests beyond MAX_CONCURRENT_REQUESTS of an instance. Callers get 503 or RESOURCE_EXHAUSTED.",
    unit: "reqps",
    link: functionOfLine,
    queries: {
      "{{service}}": `${perSecond('server_requests_rejected_total{job="functions"}', "service")} or vector(0)`,
    },
  },
  {
    title: "Open circuit breakers",
    description: "1 while a function does not call a method, because it did not answer.",
    unit: "short",
    link: functionOfLine,
    queries: {
      "{{service}}: {{rpc_method}}": "method:rpc_client_circuit_breaker_open:max or vector(0)",
    },
  },
  {
    title: "Lost spans",
    description:
      "Over five minutes, by function and reason: the collector's status, an error of the connection, or a full queue.",
    unit: "short",
    link: functionOfLine,
    queries: { "{{service}} {{error_type}}": "service:otel_spans_lost:count5m or vector(0)" },
  },
];
