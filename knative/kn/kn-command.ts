import { Command } from "commander";
import { writeApplyCommand, writeServiceCommand, writeTriggerCommand } from "./kn-service.ts";
import { type RecipeOptions, readRecipeObjects, withRecipeOptions } from "./recipe-services.ts";

/** The verb `kn`: prints the commands that create the Services, Triggers and CronJobs of the manifests. */
export function knCommand(): Command {
  return withRecipeOptions(
    new Command("kn")
      .description("Print the kn commands that create all functions or the named ones.")
      .argument("[function...]", "functions; all, and their -events Services, if none is named")
      .option("--apply", "print commands that can be repeated: kn service apply"),
  ).action(async (names: string[], options: RecipeOptions & { readonly apply?: boolean }) => {
    const verb = options.apply ? "apply" : "create";
    const { services, triggers, cronJobs } = await readRecipeObjects(names, options);
    const commands = [
      ...services.map((service) => writeServiceCommand(service, options, verb)),
      ...triggers.map((trigger) => writeTriggerCommand(trigger, options, verb)),
      ...cronJobs.map((cronJob) => writeApplyCommand(cronJob, options)),
    ];
    process.stdout.write(`${commands.join("\n\n")}\n`);
  });
}
