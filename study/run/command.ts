import { Command } from "commander";
import { compareCommand } from "./compare-command.ts";
import { checkFileCommand, listCommand } from "./list-command.ts";
import { reportCommand } from "./report-command.ts";
import { resumeCommand, runCommand } from "./run-command.ts";

/** The verb `study`: measures what scale to zero costs. */
export function studyCommand(): Command {
  return new Command("study")
    .description("Measure latency from zero: what it costs, its phases, and what reduces it.")
    .addCommand(runCommand())
    .addCommand(resumeCommand())
    .addCommand(reportCommand())
    .addCommand(compareCommand())
    .addCommand(checkFileCommand())
    .addCommand(listCommand());
}
