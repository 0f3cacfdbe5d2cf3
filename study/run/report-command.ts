import { Command } from "commander";
import { writeReport } from "../report/write-report.ts";

/** The verb `study report`: writes the report, after an interruption or an update. */
export function reportCommand(): Command {
  return new Command("report")
    .description("Write report.html from the results in a folder.")
    .argument("<folder>", "the output of study run")
    .allowExcessArguments(false)
    .action(async (path: string) => {
      process.stdout.write(`${await writeReport(path)}\n`);
    });
}
