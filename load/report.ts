import { formatDuration, formatFigure, formatMs } from "#measure/format.ts";
import { formatTable } from "#measure/text-table.ts";
import type { LoadOptions } from "./options.ts";
import type { PageResult } from "./recorder.ts";
import type { LoadProgress, LoadResult } from "./run.ts";

/** Describes a run in one line before it starts. */
export function describePlan(options: LoadOptions): string {
  const { mode, users, ratePerSecond, url, durationMs, seed } = options;
  const traffic =
    mode === "closed"
      ? `${users} ${users === 1 ? "user" : "users"}`
      : `${ratePerSecond} tasks/s (${mode})`;
  return `Sending requests to ${url}: ${traffic} for ${formatDuration(durationMs)}, seed ${seed}`;
}

/** Describes the progress in one line. */
export function formatProgress(progress: LoadProgress, options: LoadOptions): string {
  const { elapsedMs, activeCount, count, errorCount, p50Ms, p99Ms } = progress;
  const active =
    options.mode === "closed"
      ? `${activeCount}/${options.users} users`
      : `${activeCount} in flight`;
  return [
    `${formatMs(elapsedMs)} of ${formatDuration(options.durationMs)}`,
    active,
    `${count} requests`,
    `${errorCount} failed`,
    `p50 ${formatMs(p50Ms)}`,
    `p99 ${formatMs(p99Ms)}`,
  ].join("  ");
}

/** The table of pages, the total, and a line for each kind of failure. */
export function formatReport(result: LoadResult): string {
  const { total, elapsedMs, requestsPerSecond, stoppedBy } = result;
  const lines = [...formatRows([...result.pages, total]), ""];
  const early = stoppedBy === "duration" ? "" : ` (ended by ${stoppedBy})`;
  lines.push(
    `${total.count} requests in ${formatMs(elapsedMs)}${early}, ` +
      `${requestsPerSecond.toFixed(1)}/s, ${total.errorCount} failed`,
  );
  return [...lines, ...formatNotes(result)].join("\n");
}

function formatNotes({ errors, arrivals, options, resentCount, abandonedCount }: LoadResult) {
  const notes = errors.map(({ page, reason, count }) => `  ${count} x ${page}: ${reason}`);
  if (arrivals.delayedCount + arrivals.unsentCount > 0) {
    notes.push(
      `The limit of ${options.maxInFlight} requests in flight was reached: of ` +
        `${arrivals.dueCount} tasks due, ${arrivals.delayedCount} started late (in the latencies) ` +
        `and ${arrivals.unsentCount} never (not in the latencies)`,
    );
  }
  if (resentCount > 0)
    notes.push(`${resentCount} sent again because the server closed an idle connection`);
  if (abandonedCount > 0) notes.push(`${abandonedCount} cancelled by the interrupt, not counted`);
  return notes;
}

const columns: readonly [string, (result: PageResult) => string][] = [
  ["page", (result) => result.page],
  ["requests", (result) => String(result.count)],
  ["errors", (result) => String(result.errorCount)],
  ["p50 ms", (result) => formatFigure(result.latencyMs.p50)],
  ["p90 ms", (result) => formatFigure(result.latencyMs.p90)],
  ["p99 ms", (result) => formatFigure(result.latencyMs.p99)],
  ["max ms", (result) => formatFigure(result.latencyMs.max)],
];

function formatRows(results: readonly PageResult[]): string[] {
  return formatTable([
    columns.map(([title]) => title),
    ...results.map((result) => columns.map(([, read]) => read(result))),
  ]);
}
