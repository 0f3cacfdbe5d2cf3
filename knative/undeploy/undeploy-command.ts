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
 * The verb `undeploy`. It sets the exit code: 0 when nothing of the shop is left, also when nothing
 * was there, 1 when the cluster refused or something
 * did not go, 2 for bad arguments.
 */
export function undeployCommand(): Command {
  return new Command("undeploy")
    .description("Remove what deploy created, carts included, and wait until it is gone.")
    .option("--namespace <name>", "where the shop is", "shop")
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
