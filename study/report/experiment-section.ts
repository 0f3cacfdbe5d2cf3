import { html } from "hono/html";
import type { Look } from "./colours.ts";
import { describeCommon, describeCondition } from "./describe-condition.ts";
import { type Figure, renderFigure } from "./figure.ts";
import { findHeadlines, type Headline } from "./headline.ts";
import type { Html } from "./html.ts";
import { plotCriticalPath } from "./plots/critical-path-plot.ts";
import { plotFunctions } from "./plots/functions-plot.ts";
import { plotLatency } from "./plots/latency-plot.ts";
import { plotChainPhases, plotPhases } from "./plots/phase-plots.ts";
import { plotPrice } from "./plots/price-plot.ts";
import { plotReplicas } from "./plots/replicas-plot.ts";
import type { ReportRun } from "./read-runs.ts";
import { priceUnits, renderSummary } from "./summary-section.ts";

/** Renders one experiment: its question, its conditions, its figures and its plots. */
export async function renderExperiment(
  run: ReportRun,
  looks: ReadonlyMap<string, Look>,
): Promise<Html> {
  const { experiment, startedAt, seed } = run.run;
  const headlines = findHeadlines(run);
  // One after the other: each uses the CPU all the time.
  const figures: Html[] = [];
  for (const figure of findFigures(run, headlines, looks)) {
    figures.push(await renderFigure(figure, experiment.name));
  }
  return html`<section class="experiment" aria-labelledby="${experiment.name}">
<h2 id="${experiment.name}">${experiment.title}</h2>
<p class="question">${experiment.question}</p>
<p class="muted"><code>${experiment.name}</code>, started ${startedAt.slice(0, 16).replace("T", " ")} UTC, seed ${seed}. ${run.summary.isComplete ? "" : "Not complete: samples of the plan are missing. "}All conditions: ${describeCommon(experiment.conditions)}.</p>
${renderNotes(run)}
${renderConditions(run, headlines, looks)}
${run.calls.length === 0 ? html`<p class="note">No sample was kept: there is nothing to show.</p>` : renderSummary(run, headlines)}
${figures}</section>
`;
}

function findFigures(
  run: ReportRun,
  headlines: readonly Headline[],
  looks: ReadonlyMap<string, Look>,
): Figure[] {
  const { samples, summary } = run;
  const names = summary.conditions.map(({ condition }) => condition);
  const isPriced = hasPolicies(run);
  const unit = priceUnits[run.run.settings.kind];
  return [
    plotLatency(headlines, looks),
    plotPhases(headlines),
    plotChainPhases(run),
    plotFunctions(samples, names, looks),
    plotCriticalPath(run, headlines),
    isPriced ? plotPrice(headlines, looks, "median", unit) : undefined,
    isPriced ? plotPrice(headlines, looks, "p95", unit) : undefined,
    plotReplicas(samples, names, looks),
  ].filter((figure) => figure !== undefined);
}

// The price of a policy is shown if there are several policies with the same calls.
function hasPolicies({ run }: ReportRun): boolean {
  const { conditions } = run.experiment;
  const calls = conditions.map(({ entry, arrival }) => JSON.stringify([entry, arrival]));
  const policies = conditions.map(({ policy }) => JSON.stringify(policy));
  return new Set(calls).size === 1 && new Set(policies).size > 1;
}

function renderNotes({ summary }: ReportRun): Html {
  const notes = [
    ...summary.warnings.map((text) => ({ kind: "Warning", text })),
    ...summary.skipped.map(({ condition, reason }) => ({
      kind: "Not measured",
      text: `${condition}: ${reason}`,
    })),
  ];
  if (notes.length === 0) return html``;
  return html`<ul class="note">${notes.map(({ kind, text }) => html`<li><strong>${kind}:</strong> ${text}</li>`)}</ul>`;
}

function renderConditions(
  { run }: ReportRun,
  headlines: readonly Headline[],
  looks: ReadonlyMap<string, Look>,
): Html {
  const { conditions, reference } = run.experiment;
  const measured = new Set(headlines.map(({ condition }) => condition));
  const shown = conditions.filter(({ name }) => measured.has(name));
  return html`<dl class="conditions">${shown.map(
    (condition) =>
      html`<div><dt><span class="key" style="background:${looks.get(condition.name)?.colour ?? "none"}"></span>${condition.name}${condition.name === reference ? " (reference)" : ""}</dt><dd>${describeCondition(condition, shown)}</dd></div>`,
  )}</dl>`;
}
