import { existsSync } from "node:fs";
import { join } from "node:path";
import { ConfigError } from "#runtime/environment.ts";
import type { CallRow } from "../records/call-row.ts";
import type { RunFile } from "../records/run-file.ts";
import { findRunFolders, type RunFolder } from "../records/run-folder.ts";
import type { SampleRecord } from "../records/sample-record.ts";
import { summarize } from "../records/summarize.ts";
import type { Summary } from "../records/summary.ts";

/** Everything that a report shows of one experiment. */
export interface ReportRun {
  /** `run.json`. */
  readonly run: RunFile;
  /** All attempts at samples, including rejected ones. */
  readonly samples: readonly SampleRecord[];
  /** Calls of the kept samples. */
  readonly calls: readonly CallRow[];
  /** The folder's summary, or one computed from all samples if it is missing or incomplete. */
  readonly summary: Summary;
}

/**
 * Reads the experiments at or below a path, in the order of their names.
 *
 * @throws ConfigError if there is none, or if they were measured on different kinds of platform
 */
export function readRuns(path: string): ReportRun[] {
  const runs = findRunFolders(path).map((folder) => {
    const run = folder.readRun();
    const samples = folder.readSamples();
    const calls = folder.readCalls();
    const written = readSummary(folder, samples);
    return { run, samples, calls, summary: written ?? summarize(run, samples, calls) };
  });
  const kinds = new Set(runs.map(({ run }) => run.settings.kind));
  if (kinds.size === 1) return runs;
  throw new ConfigError([
    `${path} contains results of ${[...kinds].sort().join(" and ")}: a report has only one kind, so use a separate folder for each`,
  ]);
}

// A run that was killed wrote none, or an older one that it was resumed from.
function readSummary(folder: RunFolder, samples: readonly SampleRecord[]): Summary | undefined {
  if (!existsSync(join(folder.path, "summary.json"))) return undefined;
  const summary = folder.readSummary();
  const counts = summary.conditions.map((each) => each.samples + each.rejected);
  const count = counts.reduce((sum, each) => sum + each, 0);
  return count === samples.length ? summary : undefined;
}
