import { html } from "hono/html";
import { formatBytes } from "#measure/format.ts";
import type { MachineInfo, PlatformKind } from "../records/run-file.ts";
import type { Html } from "./html.ts";
import type { ReportRun } from "./read-runs.ts";
import { renderTable } from "./table.ts";

/** The title of a report: the platform and the date. */
export function titleOf([first]: readonly ReportRun[]): string {
  const { settings, startedAt } = first?.run ?? {};
  const where = settings?.kind === "knative" ? "on Knative" : "on the local platform";
  return `The cost of scale to zero: measured ${where}, ${startedAt?.slice(0, 10) ?? ""}`;
}

/** The head of a report: platform, machine, date, samples and warnings. */
export function renderHead(runs: readonly ReportRun[]): Html {
  const [first] = runs;
  if (first === undefined) return html``;
  const { settings, platform, machine, startedAt } = first.run;
  const samples = runs.flatMap((run) => run.samples);
  const kept = samples.filter(({ verdict }) => verdict === "kept").length;
  const planned = runs.reduce((sum, { run }) => sum + run.plan.length, 0);
  const seeds = [...new Set(runs.map(({ run }) => run.seed))].join(", ");
  const loads = samples.map(({ loadAverage }) => loadAverage);
  return html`<header>
<p class="eyebrow">Hipster Shop: a study of cold starts</p>
<h1>The cost of scale to zero</h1>
<p class="platform ${settings.kind}"><strong>${platformNames[settings.kind]}</strong> ${platformSentences[settings.kind]}</p>
<dl class="facts">
${renderFact("Platform", platform?.description ?? "never reached")}
${renderFact("Machine", describeMachine(machine))}
${renderFact("Versions", describeVersions(platform?.versions ?? {}))}
${renderFact("Started", `${startedAt.slice(0, 16).replace("T", " ")} UTC`)}
${renderFact("Seed", seeds)}
${renderFact("Samples", `${kept} of ${planned} kept, ${samples.length - kept} attempts rejected`)}
${renderFact("Calls", `${runs.reduce((sum, { calls }) => sum + calls.filter(({ traceId }) => traceId !== "").length, 0)} in the samples that were kept`)}
${renderFact("Load average", loads.length === 0 ? "unknown" : `${Math.min(...loads).toFixed(1)} to ${Math.max(...loads).toFixed(1)} at the start of a sample`)}
</dl>
${renderWarnings(runs)}
${renderImages(platform?.versions ?? {})}
</header>
`;
}

/** The list of experiments, with links. */
export function renderContents(runs: readonly ReportRun[]): Html {
  return html`<nav aria-label="Experiments"><ol>${runs.map(
    ({ run: { experiment } }) =>
      html`<li><a href="#${experiment.name}">${experiment.title}</a></li>`,
  )}</ol></nav>`;
}

const platformNames: Readonly<Record<PlatformKind, string>> = {
  knative: "Measured on Knative.",
  local: "Measured on the local emulation, not on a cluster.",
};

const platformSentences: Readonly<Record<PlatformKind, string>> = {
  knative: "Pods, activator and autoscaler are those of the cluster that is named below.",
  local:
    "Functions are processes of one machine: without scheduling, images, sandboxes, and a network between them, so these figures are not Knative's.",
};

function renderFact(name: string, value: string): Html {
  return html`<div><dt>${name}</dt><dd>${value}</dd></div>
`;
}

function describeMachine({ cpuModel, cpuCount, memoryBytes, platform, arch }: MachineInfo): string {
  return `${cpuCount} x ${cpuModel}, ${formatBytes(memoryBytes)}, ${platform} ${arch}`;
}

const imagePrefix = "image ";

function describeVersions(versions: Readonly<Record<string, string>>): string {
  const short = Object.entries(versions).filter(([name]) => !name.startsWith(imagePrefix));
  return short.map(([name, version]) => `${name} ${version}`).join(", ") || "unknown";
}

function renderImages(versions: Readonly<Record<string, string>>): Html {
  const images = Object.entries(versions).filter(([name]) => name.startsWith(imagePrefix));
  if (images.length === 0) return html``;
  return html`<details><summary>The measured images</summary>${renderTable(
    {
      caption: "Images by function",
      head: ["function", "image"],
      textColumns: [0, 1],
      rows: images.map(([name, image]) => [name.slice(imagePrefix.length), image]),
    },
    "all experiments",
  )}</details>`;
}

// Each once, with its experiments if not all have it.
function renderWarnings(runs: readonly ReportRun[]): Html {
  const found = runs.flatMap(({ run }) =>
    run.warnings.map((warning) => ({ warning, title: run.experiment.title })),
  );
  const byText = Map.groupBy(found, ({ warning }) => warning);
  if (byText.size === 0) {
    return html`<p class="quiet">The run has no warnings.</p>`;
  }
  return html`<aside class="note" aria-label="Warnings"><p><strong>The run has warnings.</strong> They may affect the figures:</p><ul>${[
    ...byText,
  ].map(
    ([text, of]) =>
      html`<li>${text}${of.length < runs.length ? ` (${of.map(({ title }) => title).join(", ")})` : ""}</li>`,
  )}</ul></aside>`;
}
