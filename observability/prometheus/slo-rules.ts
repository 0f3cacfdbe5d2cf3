import { stringify } from "yaml";
import { countOver } from "./count-over.ts";
import { awaitedRequests, awaitedRpcs, failedRpcs } from "./selectors.ts";

/** A service level objective: which share of events may be bad, over 30 days. */
interface Objective {
  /** The name in the rules' names. */
  readonly name: string;
  /** The alert's name. */
  readonly alert: string;
  /** Of one event, such as 0.01. */
  readonly budget: number;
  /** The ratio of bad events over a window, in PromQL. */
  readonly ratio: (window: string) => string;
  /** What is promised, in words. */
  readonly promise: string;
}

const home = `job="functions",service="frontend",http_route="/",cold="false",${awaitedRequests}`;
const orders =
  'job="functions",service="checkoutservice",rpc_service="hipstershop.CheckoutService",rpc_method="PlaceOrder"';

const objectives: readonly Objective[] = [
  {
    name: "home_page_slow",
    alert: "HomePageSlow",
    budget: 0.01,
    promise: "99 % of home pages that meet no cold start are answered within 500 ms",
    ratio: (window) =>
      `1 - ${sumOver(`http_server_request_duration_seconds_bucket{${home},le="0.5"}`, window)} / ${sumOver(`http_server_request_duration_seconds_count{${home}}`, window)}`,
  },
  {
    name: "checkout_failed",
    alert: "CheckoutFailing",
    budget: 0.001,
    promise: "99.9 % of checkouts end without an error of the shop's",
    ratio: (window) =>
      `(${sumOver(`rpc_server_duration_seconds_count{${orders},${failedRpcs}}`, window)} or vector(0)) / ${sumOver(`rpc_server_duration_seconds_count{${orders},${awaitedRpcs}}`, window)}`,
  },
];

// How fast the budget of 30 days burns, over a long window and, so that the alert ends soon after the
// trouble, over a short one (The Site Reliability Workbook, chapter 5).
const burnRates = [
  { factor: 14.4, long: "1h", short: "5m", severity: "page" },
  { factor: 6, long: "6h", short: "30m", severity: "page" },
  { factor: 3, long: "1d", short: "2h", severity: "ticket" },
  { factor: 1, long: "3d", short: "6h", severity: "ticket" },
] as const;

const windows = ["5m", "30m", "1h", "2h", "6h", "1d", "3d"] as const;

/** The recording rules and the multi-window burn-rate alerts of the shop's objectives, as YAML. */
export function writeSloRules(): string {
  const groups = objectives.map((objective) => ({
    name: `slo-${objective.name.replaceAll("_", "-")}`,
    interval: "1m",
    rules: [
      ...windows.map((window) => ({
        record: recordOf(objective, window),
        expr: objective.ratio(window),
      })),
      ...burnRates.map((rate) => writeAlert(objective, rate)),
    ],
  }));
  const head =
    "# Written from observability/prometheus/slo-rules.ts by npm run generate: change it there.\n";
  return head + stringify({ groups }, { lineWidth: 0 });
}

function sumOver(selector: string, window: string): string {
  return `sum(${countOver(selector, window)})`;
}

function recordOf({ name }: Objective, window: string): string {
  return `shop:${name}:ratio_rate${window}`;
}

function writeAlert(
  objective: Objective,
  { factor, long, short, severity }: (typeof burnRates)[number],
): object {
  const bound = `${factor} * ${objective.budget}`;
  return {
    alert: objective.alert,
    expr: `${recordOf(objective, long)} > ${bound} and ${recordOf(objective, short)} > ${bound}`,
    labels: { severity, window: long },
    annotations: {
      summary: `${objective.promise}: that budget burns ${factor} times too fast`,
      description: `Over ${long} {{ $value | humanizePercentage }} were bad; ${objective.budget * 100} % may be over 30 days.`,
      runbook_url: `docs/runbook.md#${objective.alert.toLowerCase()}`,
    },
  };
}
