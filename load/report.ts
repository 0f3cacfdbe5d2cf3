import type { LoadOptions } from "./options.ts";
import type { LoadProgress, LoadResult, PageResult } from "./result.ts";
import { formatTable } from "./table.ts";

/** One line that says what is about to run. */
export function describePlan(options: LoadOptions): string {
  const { mode, users, ratePerSecond, url, durationMs, seed } = options;
  const traffic =
    mode === "closed"
      ? `${users} ${users === 1 ? "user" : "users"}`
      : `${ratePerSecond} tasks/s (${mode})`;
  return `Driving ${url} with ${traffic} for ${formatSeconds(durationMs)}, seed ${seed}`;
}

/** One line of how far the run is. */
export function formatProgress(progress: LoadProgress, options: LoadOptions): string {
  const { elapsedMs, activeCount, count, errorCount, p50Ms, p99Ms } = progress;
  const active =
    options.mode === "closed"
      ? `${activeCount}/${options.users} users`
      : `${activeCount} in flight`;
  return [
    `${formatSeconds(elapsedMs)} of ${formatSeconds(options.durationMs)}`,
    active,
    `${count} requests`,
    `${errorCount} failed`,
    `p50 ${formatMs(p50Ms)} ms`,
    `p99 ${formatMs(p99Ms)} ms`,
  ].join("  ");
}

/** The table per page, the totals, and a line for each thing that went wrong. */
export function formatReport(result: LoadResult): string {
  const { total, elapsedMs, requestsPerSecond, stoppedBy } = result;
  const lines = [...formatRows([...result.pages, total]), ""];
  const early = stoppedBy === "duration" ? "" : ` (ended by ${stoppedBy})`;
  lines.push(
    `${total.count} requests in ${formatSeconds(elapsedMs)}${early}, ` +
      `${requestsPerSecond.toFixed(1)}/s, ${total.errorCount} failed`,
  );
  return [...lines, ...formatNotes(result)].join("\n");
}

function formatNotes({ errors, arrivals, options, resentCount, abandonedCount }: LoadResult) {
  const notes = errors.map(({ page, reason, count }) => `  ${count} x ${page}: ${reason}`);
  if (arrivals.delayedCount + arrivals.unsentCount > 0) {
    notes.push(
      `The bound of ${options.maxInFlight} requests in flight was reached: of ` +
        `${arrivals.dueCount} tasks due, ${arrivals.delayedCount} began late (in the latencies) ` +
        `and ${arrivals.unsentCount} never (not in them)`,
    );
  }
  if (resentCount > 0) notes.push(`${resentCount} sent again after an idle connection was closed`);
  if (abandonedCount > 0) notes.push(`${abandonedCount} cut off by the interrupt, not counted`);
  return notes;
}

const columns: readonly [string, (result: PageResult) => string][] = [
  ["page", (result) => result.page],
  ["requests", (result) => String(result.count)],
  ["errors", (result) => String(result.errorCount)],
  ["p50 ms", (result) => formatMs(result.latencyMs.p50)],
  ["p90 ms", (result) => formatMs(result.latencyMs.p90)],
  ["p99 ms", (result) => formatMs(result.latencyMs.p99)],
  ["max ms", (result) => formatMs(result.latencyMs.max)],
];

function formatRows(results: readonly PageResult[]): string[] {
  return formatTable([
    columns.map(([title]) => title),
    ...results.map((result) => columns.map(([, read]) => read(result))),
  ]);
}

/** Three significant digits where there are that many before the point at most. */
function formatMs(ms: number): string {
  if (ms >= 100) return ms.toFixed(0);
  return ms >= 10 ? ms.toFixed(1) : ms.toFixed(2);
}

function formatSeconds(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${Number((ms / 1000).toFixed(1))} s`;
}
