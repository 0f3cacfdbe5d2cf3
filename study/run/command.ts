import { Command } from "commander";
import { formatTable } from "#measure/text-table.ts";
import { findExperimentFile, listExperimentFiles } from "../experiment/experiment-files.ts";
import { readExperimentFile } from "../experiment/read-experiment.ts";
import { checkForKnative } from "../platforms/check-knative.ts";
import { writeReport } from "../report/write-report.ts";
import { compareCommand } from "./compare-command.ts";
import { resumeCommand, runCommand } from "./run-command.ts";

/** The verb `study`: measures the cost of scale to zero. */
export function studyCommand(): Command {
  const study = new Command("study")
    .description("Measure the latency and cost of scale to zero, by phase and by policy.")
    .addCommand(runCommand())
    .addCommand(resumeCommand());
  study
    .command("report")
    .description("Write report.html from the results in a folder.")
    .argument("<folder>", "the output of study run")
    .allowExcessArguments(false)
    .action(async (path: string) => print(await writeReport(path)));
  study.addCommand(compareCommand());
  study
    .command("check")
    .description("Check the file of an experiment, and print each mistake with its line.")
    .argument("<file>", "the file")
    .allowExcessArguments(false)
    .action((given: string) => print(describeCheck(findExperimentFile(given))));
  study
    .command("list")
    .description("List the experiments.")
    .allowExcessArguments(false)
    .action(() => print(listExperiments()));
  return study;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

// Throws ConfigError, for exit code 2, with a line for each mistake.
function describeCheck(file: string): string {
  const { experiment, describe } = readExperimentFile(file);
  const { conditions, repetitions } = experiment;
  const refused = checkForKnative(experiment).map(describe);
  const onlyLocal =
    refused.length > 0 ? `, on the local platform only:\n${refused.join("\n")}` : "";
  return `${file} is valid: ${conditions.length} conditions, ${repetitions} samples each${onlyLocal}`;
}

function listExperiments(): string {
  const rows = listExperimentFiles().map((file) => {
    const { name, question, conditions, repetitions } = readExperimentFile(file).experiment;
    return [name, `${conditions.length} x ${repetitions}`, question];
  });
  return formatTable([["name", "samples", "question"], ...rows], [0, 2]).join("\n");
}
