import { findCriticalPath, sumCriticalPath } from "#traces/critical-path.ts";
import type { TraceSpan } from "#traces/span.ts";
import { formatUs } from "./draw-waterfall.ts";

/** The time on a trace's critical path by function and phase, as a table. */
export function describeCriticalPath(spans: readonly TraceSpan[]): string {
  const segments = findCriticalPath(spans);
  const totalUs = segments.reduce((sum, { startUs, endUs }) => sum + endUs - startUs, 0);
  const shares = sumCriticalPath(segments);
  const width = Math.max(...shares.map(({ service }) => service.length));
  const lines = shares.map(({ service, kind, durationUs }) => {
    const percent = `${((100 * durationUs) / totalUs).toFixed(1)} %`;
    return `${service.padEnd(width)}  ${kind.padEnd(11)}  ${formatUs(durationUs).padStart(9)}  ${percent.padStart(7)}`;
  });
  return [`${formatUs(totalUs)} from the first start to the last end:`, ...lines].join("\n");
}
