import { formatTable } from "#measure/text-table.ts";
import type { ComparisonResult } from "./run-comparison.ts";
import type { StartTimes } from "./statistics.ts";

/** The boots of two checkouts as a table, with the meaning of the ratios. */
export function formatComparison(comparison: ComparisonResult): string[] {
  const { checkout, reference, functions, newFunctions } = comparison;
  const short = (commit: string | null) => commit?.slice(0, 10) ?? "unknown commit";
  const changes = checkout.isDirty ? " with changes" : "";
  return [
    "Spawn to first answer in ms, telemetry on",
    `A: this checkout, ${short(checkout.commit)}${changes}`,
    `B: ${reference.name}, ${short(reference.commit)}`,
    ...formatTable(
      [
        ["", "A p50", "p90", "n", "B p50", "p90", "n", "A / B", "95 %", "call"],
        ...functions.map(formatRow),
      ],
      [0, 9],
    ),
    "A / B: median and quartiles of the rounds' ratios; 95 %: interval of that median",
    ...(newFunctions.length > 0 ? [`not in B: ${newFunctions.join(", ")}`] : []),
  ];
}

function formatRow(compared: ComparisonResult["functions"][number]): string[] {
  const { name, call, checkout, reference, ratio, interval } = compared;
  const { median, q1, q3 } = ratio;
  return [
    name,
    ...formatBoots(checkout),
    ...formatBoots(reference),
    `${median.toFixed(2)} ${formatRange(q1, q3)}`,
    interval ? formatRange(interval.low, interval.high) : "-",
    call,
  ];
}

function formatBoots({ p50Ms, p90Ms, samplesMs }: StartTimes): string[] {
  return [p50Ms.toFixed(1), p90Ms.toFixed(1), String(samplesMs.length)];
}

function formatRange(low: number, high: number): string {
  return `[${low.toFixed(2)}-${high.toFixed(2)}]`;
}
