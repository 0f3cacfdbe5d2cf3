import { formatBytes, formatDuration, formatMs } from "#measure/format.ts";
import { formatTable } from "#measure/text-table.ts";
import type { OverloadResult } from "./measure-overload.ts";
import type { TrafficResult } from "./traffic-phase.ts";

const targets = {
  goodputXPeak: 0.8,
  p99XUnloaded: 5,
  memoryBytes: 256 * 1024 * 1024,
  normalMs: 10_000,
};

/** The overloaded shop as text, with the targets. */
export function formatOverload(result: OverloadResult): string[] {
  const { durationMs, peakPerSecond, peakBefore, peakAfter, offeredPerSecond } = result;
  const { unloaded, overloaded, after } = result;
  const row = (name: string, phase: TrafficResult) => [
    name,
    phase.acceptedPerSecond.toFixed(1),
    ...[phase.p50Ms, phase.p90Ms, phase.p99Ms, phase.maxMs].map(formatMs),
    String(phase.rejectedCount),
    String(failuresOf(phase)),
  ];
  const [largest] = result.memory;
  return [
    `The shop at ten times its peak for ${formatDuration(durationMs)}: shop and visitors on one CPU each`,
    `peak ${peakPerSecond.toFixed(0)} requests/s (${peakBefore.toFixed(0)} before, ${peakAfter.toFixed(0)} after), offered ${offeredPerSecond.toFixed(0)} tasks/s`,
    ...formatTable([
      ["", "accepted/s", "p50", "p90", "p99", "max", "503", "failed"],
      row("unloaded", unloaded),
      row("overloaded", overloaded),
      row("after", after),
    ]),
    ...Object.entries(overloaded.failures).map(([what, count]) => `${count} x ${what}`),
    `goodput ${result.goodputXPeak.toFixed(2)} of the peak (target: at least ${targets.goodputXPeak})`,
    `p99 of accepted requests ${result.p99XUnloaded.toFixed(1)}x unloaded (target: at most ${targets.p99XUnloaded}x)`,
    ...(largest
      ? [
          `largest peak RSS ${formatBytes(largest.rssBytes)}, ${largest.name} ` +
            `(target: at most ${formatBytes(targets.memoryBytes)})`,
        ]
      : []),
    `normal after ${formatMs(result.normalAfterMs)} (target: at most ${formatDuration(targets.normalMs)})`,
  ];
}

function failuresOf({ failures }: TrafficResult): number {
  return Object.values(failures).reduce((sum, count) => sum + count, 0);
}
