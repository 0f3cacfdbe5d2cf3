import { formatTable } from "#measure/text-table.ts";
import type { ComparedFunction } from "./compare.ts";
import type { ComparisonResult } from "./run-comparison.ts";
import type { Times } from "./statistics.ts";

/** The boots and the calls of two checkouts as tables, with the meaning of the ratios. */
export function formatComparison(comparison: ComparisonResult): string[] {
  const { checkout, reference, boots, calls, newFunctions } = comparison;
  const short = (commit: string | null) => commit?.slice(0, 10) ?? "unknown commit";
  const changes = checkout.isDirty ? " with changes" : "";
  return [
    `A: this checkout, ${short(checkout.commit)}${changes}`,
    `B: ${reference.name}, ${short(reference.commit)}`,
    ...(boots ? ["Spawn to first answer in ms, telemetry on", ...formatRows(boots)] : []),
    ...(calls ? ["Warm calls of one user in ms, telemetry on", ...formatRows(calls)] : []),
    "A / B: median and quartiles of the rounds' ratios; 95 %: interval of that median",
    ...(newFunctions.length > 0 ? [`not in B: ${newFunctions.join(", ")}`] : []),
  ];
}

function formatRows(functions: readonly ComparedFunction[]): string[] {
  return formatTable(
    [
      ["", "A p50", "p90", "n", "B p50", "p90", "n", "A / B", "95 %", "call"],
      ...functions.map(formatRow),
    ],
    [0, 9],
  );
}

function formatRow(compared: ComparedFunction): string[] {
  const { name, call, checkout, reference, ratio, interval } = compared;
  const { median, q1, q3 } = ratio;
  return [
    name,
    ...formatTimes(checkout),
    ...formatTimes(reference),
    `${median.toFixed(2)} ${formatRange(q1, q3)}`,
    interval ? formatRange(interval.low, interval.high) : "-",
    call,
  ];
}

function formatTimes({ p50Ms, p90Ms, samplesMs }: Times): string[] {
  return [p50Ms.toFixed(2), p90Ms.toFixed(2), String(samplesMs.length)];
}

function formatRange(low: number, high: number): string {
  return `[${low.toFixed(2)}-${high.toFixed(2)}]`;
}
