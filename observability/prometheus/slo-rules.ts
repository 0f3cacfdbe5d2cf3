import { awaitedRequests, awaitedRpcs, failedRpcs, sumOver } from "./promql.ts";
import type { AlertPlan, RuleGroup } from "./rule-plan.ts";

/** A service level objective: the share of events that may miss it over 30 days. */
interface Objective {
  /** The part of the recorded series' names. */
  readonly name: string;
  readonly alert: string;
  /** The share of events that may miss it, such as 0.01. */
  readonly budget: number;
  /** The ratio of events that missed it over a window, in PromQL. */
  readonly ratio: (window: string) => string;
  readonly goal: string;
}

const home = `job="functions",service="frontend",http_route="/",cold="false",${awaitedRequests}`;
const orders =
  'job="functions",service="checkoutservice",rpc_service="hipstershop.CheckoutService",rpc_method="PlaceOrder"';

const objectives: readonly Objective[] = [
  {
    name: "home_page_slow",
    alert: "HomePageSlow",
    budget: 0.01,
    goal: "99 % of home pages without a cold start are served within 500 ms",
    ratio: (window) =>
      `1 - ${sumOver(`http_server_request_duration_seconds_bucket{${home},le="0.5"}`, window)} / ${sumOver(`http_server_request_duration_seconds_count{${home}}`, window)}`,
  },
  {
    name: "checkout_failed",
    alert: "CheckoutFailing",
    budget: 0.001,
    goal: "99.9 % of checkouts end without an error of the shop",
    ratio: (window) =>
      `(${sumOver(`rpc_server_duration_seconds_count{${orders},${failedRpcs}}`, window)} or vector(0)) / ${sumOver(`rpc_server_duration_seconds_count{${orders},${awaitedRpcs}}`, window)}`,
  },
];

// How fast the budget of 30 days burns, over a long window and, so that the alert ends soon after the
// incident, over a short one (The Site Reliability Workbook, chapter 5).
const burnRates = [
  { factor: 14.4, long: "1h", short: "5m", severity: "page" },
  { factor: 6, long: "6h", short: "30m", severity: "page" },
  { factor: 3, long: "1d", short: "2h", severity: "ticket" },
  { factor: 1, long: "3d", short: "6h", severity: "ticket" },
] as const;

const windows = ["5m", "30m", "1h", "2h", "6h", "1d", "3d"] as const;

/** The recording rules and the multi-window burn-rate alerts of the shop's objectives. */
export const sloRules: readonly RuleGroup[] = objectives.map((objective) => ({
  name: `slo-${objective.name.replaceAll("_", "-")}`,
  interval: "1m",
  rules: [
    ...windows.map((window) => ({
      record: recordOf(objective, window),
      expr: objective.ratio(window),
    })),
    ...burnRates.map((rate) => planAlert(objective, rate)),
  ],
}));

function recordOf({ name }: Objective, window: string): string {
  return `shop:${name}:ratio_rate${window}`;
}

function planAlert(
  objective: Objective,
  { factor, long, short, severity }: (typeof burnRates)[number],
): AlertPlan {
  const { alert, budget, goal } = objective;
  const bound = `${factor} * ${budget}`;
  return {
    alert,
    expr: `${recordOf(objective, long)} > ${bound} and ${recordOf(objective, short)} > ${bound}`,
    severity,
    labels: { window: long },
    summary: `${goal}: the error budget's burn rate is above ${factor}`,
    description: `{{ $value | humanizePercentage }} missed the objective over ${long}; the budget is ${budget * 100} % over 30 days.`,
  };
}
