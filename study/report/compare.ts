import type { Estimate } from "#measure/intervals.ts";
import { compareMedians } from "#measure/intervals.ts";
import { quantileOf } from "#measure/quantiles.ts";
import type { Random } from "#measure/random.ts";
import { ConfigError } from "#runtime/environment.ts";
import type { CallRow } from "../records/call-row.ts";
import type { PlatformKind } from "../records/run-file.ts";
import { groupLatencies } from "../records/summarize.ts";
import type { MedianComparison } from "../records/summary.ts";
import type { ReportRun } from "./read-runs.ts";

/** The parts of one experiment's results that are compared. */
export type Results = Pick<ReportRun, "run" | "calls">;

/** One step of one condition in both runs. */
export interface ComparedStep extends MedianComparison {
  /** Name of the condition. */
  readonly condition: string;
  /** A page, an RPC, or `total`. */
  readonly step: string;
  /** Median of the first run, in milliseconds. */
  readonly beforeMs: number;
  /** Median of the second run, in milliseconds. */
  readonly afterMs: number;
  /** A change is shown only if the interval of the difference does not contain zero. */
  readonly change: "faster" | "slower" | "none shown";
}

/** The changes from one run of an experiment to another. */
export interface Comparison {
  /** Name of the experiment. */
  readonly experiment: string;
  /** The kind of platform of both runs. */
  readonly platform: PlatformKind;
  /** Steps that both runs have. */
  readonly steps: readonly ComparedStep[];
  /** Sentences about differences other than the measured one. */
  readonly notes: readonly string[];
}

/**
 * Compares two runs of the same experiment.
 *
 * @throws ConfigError if they were measured on different kinds of platform
 */
export function compareResults(before: Results, after: Results, random: Random): Comparison {
  const { experiment, settings } = before.run;
  const kinds = [settings.kind, after.run.settings.kind];
  if (kinds[0] !== kinds[1]) {
    throw new ConfigError([
      `${experiment.name} was measured on ${kinds[0]} and on ${kinds[1]}: figures of the local platform and of a cluster cannot be compared`,
    ]);
  }
  const answered = ({ calls }: Results) => {
    const rows = calls.filter(({ isOk }) => isOk);
    return Map.groupBy(rows, ({ condition, step }) => `${condition}\n${step}`);
  };
  const later = answered(after);
  const steps = [...answered(before)].flatMap(([key, rows]) => {
    const others = later.get(key);
    return others ? [compareRows(rows, others, random)] : [];
  });
  return {
    experiment: experiment.name,
    platform: settings.kind,
    steps,
    notes: findNotes(before, after),
  };
}

function compareRows(
  rows: readonly CallRow[],
  others: readonly CallRow[],
  random: Random,
): ComparedStep {
  const groups = groupLatencies(rows);
  const otherGroups = groupLatencies(others);
  const compared = compareMedians(otherGroups, groups, random);
  return {
    condition: rows[0]?.condition ?? "",
    step: rows[0]?.step ?? "",
    beforeMs: quantileOf(groups.flat(), 0.5),
    afterMs: quantileOf(otherGroups.flat(), 0.5),
    ...compared,
    change: changeOf(compared.differenceMs),
  };
}

function changeOf({ low, high }: Estimate): ComparedStep["change"] {
  if (low === null || high === null || (low <= 0 && high >= 0)) return "none shown";
  return high < 0 ? "faster" : "slower";
}

function findNotes(before: Results, after: Results): string[] {
  const notes: string[] = [];
  const { machine: one } = before.run;
  const { machine: other } = after.run;
  if (before.run.text !== after.run.text) notes.push("note: the experiment's file is not the same");
  if (one.cpuModel !== other.cpuModel || one.cpuCount !== other.cpuCount) {
    notes.push(
      `note: the machines differ: ${one.cpuCount} x ${one.cpuModel}, ${other.cpuCount} x ${other.cpuModel}`,
    );
  }
  return [
    ...notes,
    ...before.run.warnings.map((warning) => `note: before: ${warning}`),
    ...after.run.warnings.map((warning) => `note: after: ${warning}`),
  ];
}
