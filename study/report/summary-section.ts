import { html } from "hono/html";
import { formatMs } from "#measure/format.ts";
import type { Estimate } from "#measure/intervals.ts";
import type { ReferenceComparison } from "../records/summary.ts";
import { formatEstimate } from "./format-summary.ts";
import type { Headline } from "./headline.ts";
import type { Html } from "./html.ts";
import type { ReportRun } from "./read-runs.ts";
import { renderTable, type Table } from "./table.ts";

/** The price of instances; a local platform has processes. */
export const priceUnits = { local: "process-seconds", knative: "pod-seconds" } as const;

/** The table of an experiment's main figures, and each condition's comparison with the reference. */
export function renderSummary(run: ReportRun, headlines: readonly Headline[]): Html {
  const { name, reference, conditions } = run.run.experiment;
  const steps = tabulateSteps(run);
  return html`${renderFindings(headlines, reference)}
${renderTable(tabulateHeadlines(run, headlines), name)}
${
  steps.rows.length > conditions.length
    ? html`<details><summary>All steps</summary>${renderTable(steps, name)}</details>`
    : ""
}
${renderRejections(headlines)}`;
}

function renderFindings(headlines: readonly Headline[], reference: string | null): Html {
  const base = headlines.find(({ condition }) => condition === reference);
  const findings = headlines.flatMap(({ condition, versusReference: compared }) =>
    compared ? [{ condition, sentence: describeFinding(compared) }] : [],
  );
  if (findings.length === 0) return html``;
  const start = base?.latencyMs
    ? html`<li><strong>${base.condition}</strong> is the reference: median ${describeEstimate(base.latencyMs.median, formatMs)}.</li>`
    : "";
  return html`<ul class="findings">${start}${findings.map(
    ({ condition, sentence }) => html`<li><strong>${condition}</strong> ${sentence}</li>`,
  )}</ul>`;
}

function describeFinding({ reference, ratio, differenceMs }: ReferenceComparison): string {
  const times = describeEstimate(ratio, formatRatio);
  const size = formatMs(Math.abs(differenceMs.value));
  const { low, high } = ratio;
  if (low === null || high === null) {
    return `takes ${times} the time of ${reference}; there are too few samples for an interval.`;
  }
  if (low <= 1 && high >= 1) {
    return `shows no difference from ${reference}: ${times} its median, with an interval that contains 1.`;
  }
  const [word, sign] = ratio.value < 1 ? ["faster", "less"] : ["slower", "more"];
  return `is ${word} than ${reference}: ${times} its median, ${size} ${sign}.`;
}

function describeEstimate(
  { value, low, high }: Estimate,
  format: (value: number) => string,
): string {
  if (low === null || high === null) return format(value);
  return `${format(value)} (95 % interval ${format(low)} to ${format(high)})`;
}

function formatRatio(ratio: number): string {
  return `${ratio.toFixed(ratio < 0.1 ? 3 : 2)}x`;
}

function tabulateHeadlines({ run }: ReportRun, headlines: readonly Headline[]): Table {
  const price = priceUnits[run.settings.kind];
  const steps = new Set(headlines.map(({ step }) => step));
  const hasSteps = steps.size > 1;
  return {
    caption: `Latency and price of each condition${hasSteps ? "" : `; the step is ${[...steps].join()}`}`,
    head: [
      "condition",
      ...(hasSteps ? ["step"] : []),
      ...["n", "cold", "failed", "samples", "rejected", "median [95 %]", "p90", "p95", "p99"],
      "p99 / median",
      `${price} [95 %]`,
    ],
    textColumns: hasSteps ? [0, 1] : [0],
    rows: headlines.map((headline) => tabulateHeadline(headline, hasSteps)),
  };
}

function tabulateHeadline(headline: Headline, hasSteps: boolean): string[] {
  const { condition, step, n, cold, failed, latencyMs, summary } = headline;
  const { samples, planned, rejected, podSeconds } = summary;
  return [
    condition,
    // An RPC's method is below its service.
    ...(hasSteps ? [step.replace(/(?<=\w)\//, "/\n")] : []),
    ...[n, cold, failed].map(String),
    samples === planned ? `${samples}` : `${samples} of ${planned}`,
    `${rejected}`,
    latencyMs ? inTwoLines(latencyMs.median, formatMs) : "–",
    ...(["p90", "p95", "p99"] as const).map((name) =>
      latencyMs ? formatMs(latencyMs[name].value) : "–",
    ),
    latencyMs ? latencyMs.tailToMedian.value.toFixed(2) : "–",
    podSeconds ? inTwoLines(podSeconds, (value) => value.toFixed(1)) : "–",
  ];
}

// The interval is below its figure, to keep the table narrow.
function inTwoLines(estimate: Estimate, format: (value: number) => string): string {
  return formatEstimate(estimate, format).replace(" [", "\n[");
}

function tabulateSteps({ summary }: ReportRun): Table {
  const rows = summary.conditions.flatMap(({ condition, steps }) =>
    steps.map(({ step, n, cold, failed, latencyMs, versusReference }) => [
      condition,
      step,
      `${n}`,
      `${cold}`,
      `${failed}`,
      latencyMs ? formatEstimate(latencyMs.median, formatMs) : "–",
      latencyMs ? formatMs(latencyMs.p95.value) : "–",
      versusReference ? formatEstimate(versusReference.ratio, formatRatio) : "–",
    ]),
  );
  return {
    caption: "Latency of each step",
    head: [
      ...["condition", "step", "n", "cold", "failed"],
      ...["median [95 %]", "p95", "to reference [95 %]"],
    ],
    textColumns: [0, 1],
    rows,
  };
}

function renderRejections(headlines: readonly Headline[]): Html {
  const rejections = headlines.flatMap(({ condition, summary }) =>
    summary.rejections.map(({ reason, count }) => ({ condition, reason, count })),
  );
  if (rejections.length === 0) return html``;
  return html`<h3>Samples that were rejected</h3><ul>${rejections.map(
    ({ condition, reason, count }) => html`<li>${count} under ${condition}: ${reason}</li>`,
  )}</ul>`;
}
