import type { StudyProgress } from "./run-experiment.ts";

/** The line that is shown while an experiment runs. */
export function formatProgress(progress: StudyProgress): string {
  const { experiment, condition, doneCount, plannedCount, rejectedCount, medianMs } = progress;
  const rejected = rejectedCount === 0 ? "" : `, ${rejectedCount} rejected`;
  const median = Number.isNaN(medianMs) ? "" : `, median ${formatMs(medianMs)}`;
  const left = plannedCount - doneCount;
  return `${experiment}: ${doneCount} done, ${left} left${rejected}; ${condition}${median}`;
}

/** Milliseconds as people read them: `12.3 ms`, `843 ms`, `2.31 s`. */
export function formatMs(ms: number): string {
  const size = Math.abs(ms);
  if (size >= 999.5) return `${(ms / 1000).toFixed(2)} s`;
  return size >= 99.95 ? `${ms.toFixed(0)} ms` : `${ms.toFixed(1)} ms`;
}
