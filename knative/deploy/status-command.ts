import { Command } from "commander";
import { ConfigError } from "#runtime/environment.ts";
import { createKubectl, type Kubectl } from "./kubectl.ts";
import { describeKubectlFailure } from "./kubectl-failure.ts";
import { itemsOf, knativeServices, shopSelector } from "./objects.ts";
import { checkNamespace } from "./options.ts";
import { createStatusRows, formatStatusTable, type StatusRow } from "./status-table.ts";

interface StatusOptions {
  readonly namespace: string;
  readonly context?: string;
  readonly json?: boolean;
}

/**
 * The verb `status`. It sets the exit code: 0 when every function is ready, 1 when one is not or
 * when there is none, 2 for bad arguments.
 */
export function statusCommand(): Command {
  return new Command("status")
    .description("Show the functions on Knative: readiness, revision, replicas and address.")
    .option("--namespace <name>", "where the shop is", "shop")
    .option("--context <name>", "kubectl's context; the current one if not given")
    .option("--json", "the same as JSON")
    .allowExcessArguments(false)
    .action(async ({ namespace, context, json }: StatusOptions) => {
      const problems = checkNamespace(namespace);
      if (problems.length > 0) throw new ConfigError(problems);
      await describeKubectlFailure(async () => {
        const rows = await readStatus(createKubectl({ context }), namespace);
        const isEmpty = rows.length === 0;
        const text = isEmpty
          ? `nothing of the shop is in namespace ${namespace}`
          : formatStatusTable(rows);
        process.stdout.write(`${json ? JSON.stringify(rows, null, 2) : text}\n`);
        process.exitCode = !isEmpty && rows.every(({ ready }) => ready) ? 0 : 1;
      });
    });
}

/** Reads the status of the shop's Knative Services in a namespace. Rejects with KubectlError. */
export async function readStatus(kubectl: Kubectl, namespace: string): Promise<StatusRow[]> {
  const [services, deployments] = await Promise.all([
    kubectl.readJson(["get", knativeServices, "-n", namespace, "-l", shopSelector]),
    kubectl.readJson(["get", "deployments", "-n", namespace, "-l", "serving.knative.dev/revision"]),
  ]);
  return createStatusRows(itemsOf(services), itemsOf(deployments));
}
