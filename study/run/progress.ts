import { formatMs } from "#measure/format.ts";
import type { StudyProgress } from "./run-experiment.ts";

/** The progress line of a running experiment. */
export function formatProgress(progress: StudyProgress): string {
  const { experiment, condition, doneCount, plannedCount, rejectedCount, medianMs } = progress;
  const rejected = rejectedCount === 0 ? "" : `, ${rejectedCount} rejected`;
  const median = Number.isNaN(medianMs) ? "" : `, median ${formatMs(medianMs)}`;
  const left = plannedCount - doneCount;
  return `${experiment}: ${doneCount} done, ${left} left${rejected}; ${condition}${median}`;
}
