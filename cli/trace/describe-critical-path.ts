import { formatMs } from "#measure/format.ts";
import { formatTable } from "#measure/text-table.ts";
import { findCriticalPath, sumCriticalPath } from "#traces/critical-path.ts";
import type { TraceSpan } from "#traces/span.ts";

/** The time on a trace's critical path by function and phase, as a table. */
export function describeCriticalPath(spans: readonly TraceSpan[]): string {
  const segments = findCriticalPath(spans);
  const totalUs = segments.reduce((sum, { startUs, endUs }) => sum + endUs - startUs, 0);
  const shares = sumCriticalPath(segments);
  const rows = shares.map(({ service, kind, durationUs }) => [
    service,
    kind,
    formatMs(durationUs / 1000),
    `${((100 * durationUs) / totalUs).toFixed(1)} %`,
  ]);
  const lines = formatTable(rows, [0, 1]);
  return [`${formatMs(totalUs / 1000)} on the critical path:`, ...lines].join("\n");
}
