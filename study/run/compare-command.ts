import { Command } from "commander";
import { formatMs } from "#measure/format.ts";
import { createRandom } from "#measure/random.ts";
import { formatTable } from "#measure/text-table.ts";
import { ConfigError } from "#runtime/environment.ts";
import { findRunFolders } from "../records/run-folder.ts";
import { type ComparedStep, type Comparison, compareResults } from "../report/compare.ts";
import { formatEstimate } from "../report/format-summary.ts";

/**
 * The verb `study compare`. Exit code 0 for any change, 2 if the two cannot be compared: no experiment in
 * common, or different kinds of platform.
 */
export function compareCommand(): Command {
  return new Command("compare")
    .description("Compare two runs: the change of each median, with 95 % intervals.")
    .argument("<before>", "a folder of results")
    .argument("<after>", "a folder of results")
    .option("--json", "print it as JSON")
    .allowExcessArguments(false)
    .action((before: string, after: string, { json }: { json?: boolean }) => {
      const comparisons = compareFolders(before, after);
      const text = json
        ? JSON.stringify(comparisons, null, 2)
        : comparisons.map(formatComparison).join("\n\n");
      process.stdout.write(`${text}\n`);
    });
}

function compareFolders(before: string, after: string): Comparison[] {
  const read = (path: string) =>
    findRunFolders(path).map((folder) => ({ run: folder.readRun(), calls: folder.readCalls() }));
  const later = new Map(read(after).map((each) => [each.run.experiment.name, each]));
  const pairs = read(before).flatMap((one) => {
    const other = later.get(one.run.experiment.name);
    return other ? [[one, other] as const] : [];
  });
  if (pairs.length === 0) {
    throw new ConfigError([`${before} and ${after} have no experiment in common`]);
  }
  return pairs.map(([one, other]) => compareResults(one, other, createRandom(one.run.seed)));
}

function formatComparison({ experiment, platform, notes, steps }: Comparison): string {
  const rows = steps.map((step) => [
    step.condition,
    step.step,
    formatMs(step.beforeMs),
    formatMs(step.afterMs),
    formatEstimate(step.differenceMs, formatMs),
    formatEstimate(step.ratio, (value) => `${value.toFixed(2)}x`),
    verdictOf(step),
  ]);
  const head = ["condition", "step", "before", "after", "difference [95 %]", "ratio [95 %]", ""];
  const title = `${experiment}, measured on ${platform}: medians`;
  return [title, ...formatTable([head, ...rows], [0, 1, 6]), ...notes].join("\n");
}

function verdictOf({ change }: ComparedStep): string {
  return change === "none shown" ? "no change shown" : change;
}
