import { Command } from "commander";
import { findFunctions } from "../../bundle/bundle-functions.ts";
import { createKubectl } from "../deploy/kubectl.ts";
import { type RecipeOptions, readServices, withRecipeOptions } from "../deploy/recipe-services.ts";
import { flag, imageOf, knFlags, writeCommand } from "./kn-flags.ts";

/** The verb `kn`: prints the commands of `kn` that make the Services which the manifests describe. */
export function knCommand(): Command {
  return withRecipeOptions(
    new Command("kn")
      .description("Print the kn commands that create the functions, or those that are named.")
      .argument("[function...]", "functions; all, and emailservice-events, where none is named")
      .option("--apply", "commands that can be repeated: kn service apply"),
  ).action(async (names: string[], options: RecipeOptions & { readonly apply?: boolean }) => {
    const kubectl = createKubectl();
    const services = await readServices(kubectl, names, options, await findFunctions());
    const verb = options.apply ? "apply" : "create";
    const commands = services.map((service) =>
      writeCommand(`kn service ${verb} ${service.metadata.name}`, [
        flag("--namespace", options.namespace),
        flag("--image", imageOf(service)),
        ...knFlags(service),
      ]),
    );
    process.stdout.write(`${commands.join("\n\n")}\n`);
  });
}
