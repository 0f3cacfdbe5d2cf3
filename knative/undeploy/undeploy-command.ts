import { Command } from "commander";
import { contextOption } from "#backends/context-option.ts";
import { createKubectl } from "#backends/kubectl.ts";
import { createProgress } from "#measure/progress.ts";
import { ConfigError } from "#runtime/environment.ts";
import { checkNamespace } from "../deploy/options.ts";
import { undeploy } from "./undeploy.ts";

interface UndeployOptions {
  readonly namespace: string;
  readonly context?: string;
}

/**
 * The verb `undeploy`. It exits with 0 if no object of the shop remains, with 1 if the cluster refused or
 * an object was not deleted in time, and with 2 for wrong arguments.
 */
export function undeployCommand(): Command {
  return new Command("undeploy")
    .description("Delete what deploy created, including carts, and wait until it is deleted.")
    .option("--namespace <name>", "the shop's namespace", "shop")
    .addOption(contextOption())
    .allowExcessArguments(false)
    .action(async ({ namespace, context }: UndeployOptions) => {
      const problems = checkNamespace(namespace);
      if (problems.length > 0) throw new ConfigError(problems);
      const progress = createProgress(process.stdout);
      const onRemaining = (rest: string) => progress.update(`waiting for ${rest}`);
      const lines = await undeploy(createKubectl({ context }), namespace, onRemaining);
      process.stdout.write(lines.map((line) => `${line}\n`).join(""));
    });
}
