import { Command } from "commander";
import { contextOption } from "#backends/context-option.ts";
import {
  itemsOf,
  type KubeObject,
  knativeRevisions,
  knativeServices,
  shopSelector,
} from "#backends/kube-objects.ts";
import { createKubectl, type Kubectl } from "#backends/kubectl.ts";
import { ConfigError } from "#runtime/environment.ts";
import { checkNamespace } from "../deploy/options.ts";
import { resourceOf } from "../manifests/render-manifests.ts";
import { awaitedResources } from "../readiness/workload-state.ts";
import { isOwn } from "../undeploy/undeploy.ts";
import { type ColdStart, readLastColdStart } from "./last-cold-start.ts";
import { createOtherRows, createStatusRows, type OtherRow, type StatusRow } from "./status-rows.ts";
import { formatOthers, formatStatusTable } from "./status-table.ts";

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
    .description(
      "Show the shop on Knative: traffic targets, readiness, replicas, last cold starts, addresses.",
    )
    .option("--namespace <name>", "where the shop is", "shop")
    .addOption(contextOption())
    .option("--json", "print JSON")
    .allowExcessArguments(false)
    .action(async ({ namespace, context, json }: StatusOptions) => {
      const problems = checkNamespace(namespace);
      if (problems.length > 0) throw new ConfigError(problems);
      const status = await readStatus(createKubectl({ context }), namespace);
      const { functions, others } = status;
      const all = [...functions, ...others];
      const text =
        all.length === 0
          ? `namespace ${namespace} has no objects of the shop`
          : `${formatStatusTable(functions, Date.now())}\n\n${formatOthers(others)}`;
      process.stdout.write(`${json ? JSON.stringify(status, null, 2) : text}\n`);
      process.exitCode = all.length > 0 && all.every(({ ready }) => ready) ? 0 : 1;
    });
}

/** The status of all that belongs to the shop. */
export interface ShopStatus {
  /** The functions, by name. */
  readonly functions: StatusRow[];
  /** What the functions depend on. */
  readonly others: OtherRow[];
}

/** Reads the status of the shop in a namespace. Rejects with KubectlError. */
export async function readStatus(kubectl: Kubectl, namespace: string): Promise<ShopStatus> {
  const resources = awaitedResources.join(",");
  const [found, revisions, deployments] = await Promise.all([
    kubectl.readJson(["get", resources, "-n", namespace, "-l", shopSelector]),
    kubectl.readJson(["get", knativeRevisions, "-n", namespace]),
    kubectl.readJson(["get", "deployments", "-n", namespace, "-l", "serving.knative.dev/revision"]),
  ]);
  const isFunction = (object: KubeObject) => resourceOf(object) === knativeServices;
  // A revision's Deployment carries the shop's label too, and is its Service's business.
  const objects = itemsOf(found).filter(isOwn);
  const services = objects.filter(isFunction);
  const coldStarts = await readColdStarts(kubectl, namespace, services);
  return {
    functions: createStatusRows({
      services,
      revisions: itemsOf(revisions),
      deployments: itemsOf(deployments),
      coldStarts,
    }),
    others: createOtherRows(objects.filter((object) => !isFunction(object))),
  };
}

async function readColdStarts(
  kubectl: Kubectl,
  namespace: string,
  services: readonly KubeObject[],
): Promise<Map<string, ColdStart>> {
  const found = await Promise.all(
    services.map(async ({ metadata: { name } }) => ({
      name,
      coldStart: await readLastColdStart(kubectl, namespace, name),
    })),
  );
  return new Map(
    found.flatMap(({ name, coldStart }) => (coldStart ? [[name, coldStart] as const] : [])),
  );
}
