import { Command } from "commander";
import { ConfigError } from "#runtime/environment.ts";
import { createKubectl } from "./kubectl.ts";
import { describeKubectlFailure } from "./kubectl-failure.ts";
import { checkNamespace } from "./options.ts";
import { undeploy } from "./undeploy.ts";

interface UndeployOptions {
  readonly namespace: string;
  readonly context?: string;
}

/**
 * The verb `undeploy`. It sets the exit code: 0 when nothing of the shop is left, also when nothing
 * was there, 1 when the cluster refused, 2 for bad arguments.
 */
export function undeployCommand(): Command {
  return new Command("undeploy")
    .description("Remove what deploy created, carts included, and wait until it is gone.")
    .option("--namespace <name>", "where the shop is", "shop")
    .option("--context <name>", "kubectl's context; the current one if not given")
    .allowExcessArguments(false)
    .action(async ({ namespace, context }: UndeployOptions) => {
      const problems = checkNamespace(namespace);
      if (problems.length > 0) throw new ConfigError(problems);
      await describeKubectlFailure(async () => {
        const lines = await undeploy(createKubectl({ context }), namespace);
        process.stdout.write(lines.map((line) => `${line}\n`).join(""));
      });
    });
}
