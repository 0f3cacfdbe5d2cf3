import { Command } from "commander";
import { createKubectl } from "#backends/kubectl.ts";
import { listFunctions } from "#manifest/manifest.ts";
import { writeServiceCommand, writeTriggerCommand } from "./kn-service.ts";
import { type RecipeOptions, readRecipeObjects, withRecipeOptions } from "./recipe-services.ts";

/** The verb `kn`: prints the commands of `kn` that make what the manifests describe. */
export function knCommand(): Command {
  return withRecipeOptions(
    new Command("kn")
      .description("Print the kn commands that create the functions, or those that are named.")
      .argument("[function...]", "functions; all, and emailservice-events, where none is named")
      .option("--apply", "commands that can be repeated: kn service apply"),
  ).action(async (names: string[], options: RecipeOptions & { readonly apply?: boolean }) => {
    const { apply, context } = options;
    const verb = apply ? "apply" : "create";
    const kubectl = createKubectl({ context });
    const { services, triggers } = await readRecipeObjects(
      kubectl,
      names,
      options,
      listFunctions(),
    );
    const commands = [
      ...services.map((service) => writeServiceCommand(service, options, verb)),
      ...triggers.map((trigger) => writeTriggerCommand(trigger, options, verb)),
    ];
    process.stdout.write(`${commands.join("\n\n")}\n`);
  });
}
