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
import { awaitedResources, cronJobs } from "../readiness/workload-state.ts";
import { isOwn } from "../undeploy/undeploy.ts";
import { readLastColdStart } from "./last-cold-start.ts";
import { createOtherRows, createStatusRows, type OtherRow, type StatusRow } from "./status-rows.ts";
import { formatOthers, formatStatusTable } from "./status-table.ts";

interface StatusOptions {
  readonly namespace: string;
  readonly context?: string;
  readonly json?: boolean;
}

/**
 * The verb `status`. It exits with 0 if all objects are ready, with 1 if one is not or the namespace has
 * none, and with 2 for wrong arguments.
 */
export function statusCommand(): Command {
  return new Command("status")
    .description(
      "Show the shop on Knative: traffic targets, readiness, replicas, last cold starts, addresses.",
    )
    .option("--namespace <name>", "the shop's namespace", "shop")
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

/** The status of the shop. */
export interface ShopStatus {
  /** The functions, by name. */
  readonly functions: StatusRow[];
  /** The functions' dependencies. */
  readonly others: OtherRow[];
}

/** Reads the status of the shop in a namespace. Rejects with KubectlError. */
export async function readStatus(kubectl: Kubectl, namespace: string): Promise<ShopStatus> {
  const resources = [...awaitedResources, cronJobs].join(",");
  const [found, revisions, deployments] = await Promise.all([
    kubectl.readJson(["get", resources, "-n", namespace, "-l", shopSelector]),
    kubectl.readJson(["get", knativeRevisions, "-n", namespace]),
    kubectl.readJson(["get", "deployments", "-n", namespace, "-l", "serving.knative.dev/revision"]),
  ]);
  const isFunction = (object: KubeObject) => resourceOf(object) === knativeServices;
  // A revision's Deployment has the shop's label too, but an owner.
  const objects = itemsOf(found).filter(isOwn);
  const services = objects.filter(isFunction);
  const coldStarts = services.map(async ({ metadata: { name } }) => {
    const coldStart = await readLastColdStart(kubectl, namespace, name);
    return coldStart ? [[name, coldStart] as const] : [];
  });
  return {
    functions: createStatusRows({
      services,
      revisions: itemsOf(revisions),
      deployments: itemsOf(deployments),
      coldStarts: new Map((await Promise.all(coldStarts)).flat()),
    }),
    others: createOtherRows(objects.filter((object) => !isFunction(object))),
  };
}
