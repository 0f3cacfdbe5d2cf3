import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { html, raw } from "hono/html";
import { assignLooks } from "./colours.ts";
import { renderExperiment } from "./experiment-section.ts";
import { renderContents, renderHead, titleOf } from "./head-section.ts";
import type { Html } from "./html.ts";
import { type ReportRun, readRuns } from "./read-runs.ts";

/**
 * Writes `report.html` into a folder of results, from the experiments at or below it: one
 * self-contained page without scripts. Returns its path.
 *
 * @throws ConfigError if there are no results, or results of different kinds of platform
 */
export async function writeReport(path: string): Promise<string> {
  const text = await renderReport(readRuns(path));
  const file = join(path, "report.html");
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
  return file;
}

/** Renders the page of some experiments, all measured on the same kind of platform. */
export async function renderReport(runs: readonly ReportRun[]): Promise<string> {
  const looks = assignLooks(
    runs.map(({ summary }) => summary.conditions.map(({ condition }) => condition)),
  );
  const sections: Html[] = [];
  for (const run of runs) sections.push(await renderExperiment(run, looks));
  const page = await html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${titleOf(runs)}</title>
<style>${raw(readFileSync(new URL("style.css", import.meta.url), "utf8"))}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the results</a>
${raw(hatch)}
<div class="page">
${renderHead(runs)}
${runs.length > 1 ? renderContents(runs) : ""}
<main id="main">
${sections}</main>
<footer>
${raw(method)}
</footer>
</div>
</body>
</html>
`;
  return `${page}`;
}

// Hatching, visible without colour, for unexplained time.
const hatch = `<svg class="defs" width="0" height="0" aria-hidden="true"><defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="6" height="6" fill="var(--hatch-ground)"/><rect width="2" height="6" fill="var(--hatch-line)"/></pattern></defs></svg>`;

const method = `<h2>How to read this report</h2>
<p>A sample that starts at zero counts only if the platform reported no instance right before it; all others are rejected and counted. The conditions of an experiment are measured in turn, in an order drawn from the seed. Latency is the time from the moment at which a call was due until its complete response. The latency of a visit is the sum of its steps, without the pauses between them.</p>
<p>Intervals in brackets are 95 % bootstrap intervals, drawn over whole samples. If the interval of a ratio contains 1, no difference is shown. p99 divided by the median shows how much slower the slowest calls are; a value above 10 is considered problematic.</p>
<p>Phases come from the trace of a call, from the observed pods, and from the function's own boot record. Their sum is the latency. Time that none of these explains is shown as unexplained.</p>`;
