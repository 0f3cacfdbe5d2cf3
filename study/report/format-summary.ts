import { formatMs } from "#measure/format.ts";
import type { Estimate } from "#measure/intervals.ts";
import { formatTable } from "#measure/text-table.ts";
import type { Summary } from "../records/summary.ts";

/** A summary as a table for the terminal, with the platform that was measured. */
export function formatSummary(summary: Summary): string {
  const rows = summary.conditions.flatMap(({ condition, samples, rejected, podSeconds, steps }) =>
    steps.map(({ step, n, failed, latencyMs, versusReference }) => [
      condition,
      step,
      `${n}`,
      `${failed}`,
      latencyMs ? formatEstimate(latencyMs.median, formatMs) : "",
      latencyMs ? formatMs(latencyMs.p95.value) : "",
      latencyMs ? latencyMs.tailToMedian.value.toFixed(2) : "",
      versusReference
        ? formatEstimate(versusReference.ratio, (value) => `${value.toFixed(2)}x`)
        : "",
      podSeconds ? podSeconds.value.toFixed(1) : "",
      rejected > 0 ? `${samples} (${rejected} rejected)` : `${samples}`,
    ]),
  );
  const head = [
    ...["condition", "step", "n", "failed", "median [95 %]", "p95", "TMR"],
    ...["to reference [95 %]", "pod-s", "samples"],
  ];
  const notes = [
    ...summary.skipped.map(({ condition, reason }) => `not measured: ${condition}: ${reason}`),
    ...summary.warnings.map((warning) => `warning: ${warning}`),
  ];
  const title = `${summary.experiment}: ${summary.title}\nmeasured on ${summary.platformDescription}`;
  return [title, ...formatTable([head, ...rows], [0, 1]), ...notes].join("\n");
}

/** A figure with its interval, such as `843 ms [810 ms, 902 ms]`. */
export function formatEstimate(
  { value, low, high }: Estimate,
  format: (value: number) => string,
): string {
  if (low === null || high === null) return format(value);
  return `${format(value)} [${format(low)}, ${format(high)}]`;
}
