import { Command } from "commander";
import { formatTable } from "#measure/text-table.ts";
import { findExperimentFile, listExperimentFiles } from "../experiment/experiment-files.ts";
import { readExperimentFile } from "../experiment/read-experiment.ts";
import { checkForKnative } from "../platforms/check-knative.ts";

/** The verb `study list`: the experiments of this repository. */
export function listCommand(): Command {
  return new Command("list")
    .description("List the experiments.")
    .allowExcessArguments(false)
    .action(() => {
      const rows = listExperimentFiles().map((file) => {
        const { name, question, conditions, repetitions } = readExperimentFile(file).experiment;
        return [name, `${conditions.length} x ${repetitions}`, question];
      });
      process.stdout.write(
        `${formatTable([["name", "samples", "question"], ...rows], [0, 2]).join("\n")}\n`,
      );
    });
}

/** The verb `study check`: exit code 0 for a valid file, 2 after a line for each mistake. */
export function checkFileCommand(): Command {
  return new Command("check")
    .description("Check the file of an experiment, and print each mistake with its line.")
    .argument("<file>", "the file")
    .allowExcessArguments(false)
    .action((given: string) => {
      const file = findExperimentFile(given);
      const { experiment, describe } = readExperimentFile(file);
      const { conditions, repetitions } = experiment;
      const refused = checkForKnative(experiment).map(describe);
      const onlyLocal =
        refused.length > 0 ? `, on the local platform only:\n${refused.join("\n")}` : "";
      process.stdout.write(
        `${file} is fine: ${conditions.length} conditions, ${repetitions} samples each${onlyLocal}\n`,
      );
    });
}
