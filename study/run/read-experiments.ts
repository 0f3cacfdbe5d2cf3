import { ConfigError } from "#runtime/environment.ts";
import { findExperimentFile } from "../experiment/experiment-files.ts";
import { type ReadExperiment, readExperimentFile } from "../experiment/read-experiment.ts";
import { checkForKnative } from "../platforms/check-knative.ts";
import type { PlatformKind } from "../records/run-file.ts";

/**
 * Reads several experiments for one run.
 *
 * @throws ConfigError with the mistakes of all of them
 */
export function readExperiments(
  given: readonly string[],
  kind: PlatformKind,
  only: readonly string[] = [],
): ReadExperiment[] {
  const problems: string[] = [];
  const read: ReadExperiment[] = [];
  for (const file of given.map(findExperimentFile)) {
    try {
      const each = readExperimentFile(file);
      const refused = kind === "knative" ? checkForKnative(each.experiment) : [];
      problems.push(...refused.map(each.describe));
      read.push(each);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      problems.push(error.message);
    }
  }
  if (problems.length === 0) problems.push(...checkNames(read, only));
  if (problems.length > 0) throw new ConfigError(problems);
  return read;
}

function checkNames(read: readonly ReadExperiment[], only: readonly string[]): string[] {
  const names = read.map(({ experiment }) => experiment.name);
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  const conditions = new Set(
    read.flatMap(({ experiment }) => experiment.conditions.map(({ name }) => name)),
  );
  const unknown = only.filter((name) => !conditions.has(name));
  return [
    ...twice.map((name) => `two of the files are named ${name}: their results would mix`),
    ...unknown.map(
      (name) => `--only is ${JSON.stringify(name)}: expected one of ${[...conditions].join(", ")}`,
    ),
  ];
}
