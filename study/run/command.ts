import { Command } from "commander";
import { compareCommand } from "./compare-command.ts";
import { checkFileCommand, listCommand } from "./list-command.ts";
import { reportCommand } from "./report-command.ts";
import { resumeCommand, runCommand } from "./run-command.ts";

/** The verb `study`: measures what scaling to zero costs, and compares. */
export function studyCommand(): Command {
  return new Command("study")
    .description("Measure what scale to zero costs, what it goes to, and what each remedy buys.")
    .addCommand(runCommand())
    .addCommand(resumeCommand())
    .addCommand(reportCommand())
    .addCommand(compareCommand())
    .addCommand(checkFileCommand())
    .addCommand(listCommand());
}
