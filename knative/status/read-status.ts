import {
  itemsOf,
  type KubeObject,
  knativeRevisions,
  knativeServices,
  shopSelector,
} from "#backends/kube-objects.ts";
import type { Kubectl } from "#backends/kubectl.ts";
import { resourceOf } from "../manifests/render-manifests.ts";
import { awaitedResources, cronJobs } from "../readiness/workload-state.ts";
import { isOwn } from "../undeploy/undeploy.ts";
import { readLastColdStart } from "./last-cold-start.ts";
import { createOtherRows, createStatusRows, type OtherRow, type StatusRow } from "./status-rows.ts";

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
  const [found, revisions, deployments, pods] = await Promise.all([
    kubectl.readJson(["get", resources, "-n", namespace, "-l", shopSelector]),
    kubectl.readJson(["get", knativeRevisions, "-n", namespace]),
    kubectl.readJson(["get", "deployments", "-n", namespace, "-l", "serving.knative.dev/revision"]),
    kubectl.readJson(["get", "pods", "-n", namespace, "-l", "serving.knative.dev/revision"]),
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
      pods: itemsOf(pods),
      coldStarts: new Map((await Promise.all(coldStarts)).flat()),
    }),
    others: createOtherRows(objects.filter((object) => !isFunction(object))),
  };
}
