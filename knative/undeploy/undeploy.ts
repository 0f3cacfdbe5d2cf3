import {
  findCondition,
  itemsOf,
  type KubeObject,
  knativeServices,
  shopSelector,
} from "#backends/kube-objects.ts";
import { type Kubectl, KubectlError } from "#backends/kubectl.ts";
import { createdAnnotation, createdBy } from "../deploy/apply-manifests.ts";
import { resourceOf } from "../manifests/render-manifests.ts";
import { removePlatformConfig } from "../platform-config/platform-config.ts";
import { triggers } from "../readiness/workload-state.ts";
import { awaitGone, countKinds } from "./await-gone.ts";
import { listObjects } from "./list-objects.ts";

// Everything goes within the grace period of the pods, which is 300 s for a Knative revision.
const waiting = { timeoutMs: 420_000, pollMs: 1000 };

/**
 * Deletes what carries the shop's label in the namespace, the Triggers that lead to its functions, and
 * the namespace if deploy created it and it contains no other user's objects; waits until all is gone. Returns
 * the lines to print. Rejects with KubectlError, and with StillThereError.
 *
 * @param onRemaining gets what is left, in words, while it waits
 */
export async function undeploy(
  kubectl: Kubectl,
  namespace: string,
  onRemaining: (remaining: string) => void = () => undefined,
): Promise<string[]> {
  const nothing = `nothing of the shop is in namespace ${namespace}`;
  const found = await kubectl.readJson(["get", "namespace", namespace, "--ignore-not-found"]);
  if (found === undefined) return [nothing, ...(await removePlatformConfig(kubectl, namespace))];
  const labelled = (await listObjects(kubectl, namespace, shopSelector)).filter(isOwn);
  const led = findLedTriggers(await listTriggers(kubectl, namespace), labelled);
  const objects = [...labelled, ...led];
  await deleteObjects(kubectl, objects, namespace, onRemaining);
  const lines = [...describeDeleted(objects), ...(await removePlatformConfig(kubectl, namespace))];
  const annotations = (found as KubeObject).metadata.annotations ?? {};
  if (annotations[createdAnnotation] !== createdBy) return lines.length > 0 ? lines : [nothing];
  const strangers = (await listObjects(kubectl, namespace)).filter(isStranger);
  if (strangers.length > 0) {
    const names = strangers.map(nameOf).join(", ");
    return [...lines, `namespace ${namespace} stays: ${names} is not the shop's`];
  }
  await deleteNamespace(kubectl, namespace, onRemaining);
  return [...lines, `namespace ${namespace} deleted`];
}

/**
 * The Triggers that carry no label of the shop's and lead to one of its functions, such as those that
 * func makes: without the function they only hold events up.
 */
export function findLedTriggers(
  found: readonly KubeObject[],
  labelled: readonly KubeObject[],
): KubeObject[] {
  const known = new Set(labelled.map(nameOf));
  return found.filter((trigger) => {
    const { subscriber } = (trigger.spec ?? {}) as { subscriber?: { ref?: SubscriberRef } };
    const { kind, name, namespace = trigger.metadata.namespace } = subscriber?.ref ?? {};
    const leadsHere = kind === "Service" && namespace === trigger.metadata.namespace;
    return leadsHere && known.has(`${knativeServices}/${name}`) && !known.has(nameOf(trigger));
  });
}

interface SubscriberRef {
  kind: string;
  name: string;
  namespace?: string;
}

// A cluster without Eventing has none, and who may not list them has deployed none.
async function listTriggers(kubectl: Kubectl, namespace: string): Promise<KubeObject[]> {
  const args = ["get", triggers, "-n", namespace, "-o", "json"];
  const result = await kubectl.run(args);
  if (result.exitCode === 0) return itemsOf(JSON.parse(result.stdout));
  if (/doesn't have a resource type|is forbidden/.test(result.stderr)) return [];
  throw new KubectlError(args, result);
}

/** Whether the object has no owner in the cluster: its owner would delete or recreate it. */
export function isOwn({ metadata }: KubeObject): boolean {
  return (metadata.ownerReferences ?? []).length === 0;
}

/** Whether a user created the object, not the shop and not the cluster. */
export function isStranger(object: KubeObject): boolean {
  const { kind, metadata } = object;
  if (!isOwn(object) || metadata.labels?.["app.kubernetes.io/part-of"] === "hipster-shop")
    return false;
  // What the control plane keeps in every namespace, or derives from objects that are gone.
  const isDerived = /^(Event|Endpoints|EndpointSlice|Lease|PodMetrics|ControllerRevision)$/.test(
    kind,
  );
  const isDefault =
    (kind === "ConfigMap" && /^(kube-root-ca|openshift-service-ca)\.crt$/.test(metadata.name)) ||
    (kind === "ServiceAccount" && metadata.name === "default");
  return !isDerived && !isDefault;
}

async function deleteObjects(
  kubectl: Kubectl,
  objects: readonly KubeObject[],
  namespace: string,
  onRemaining: (remaining: string) => void,
): Promise<void> {
  if (objects.length === 0) return;
  const names = objects.map(nameOf);
  // Foreground: an object is gone only after everything that it owns, pods included.
  const how = ["--ignore-not-found", "--cascade=foreground", "--wait=false"];
  await kubectl.read(["delete", "-n", namespace, ...how, ...names]);
  const read = async (what: readonly string[]) => {
    const text = await kubectl.read(["get", "-n", namespace, ...what, "-o", "name"]);
    return text.split("\n").filter((line) => line !== "");
  };
  const look = async () => {
    const left = await read([...names, "--ignore-not-found"]);
    // The pods are what takes the time.
    return left.length === 0
      ? undefined
      : countKinds([...left, ...(await read(["pods", "-l", shopSelector]))]);
  };
  await awaitGone(look, { ...waiting, onRemaining });
}

async function deleteNamespace(
  kubectl: Kubectl,
  namespace: string,
  onRemaining: (remaining: string) => void,
): Promise<void> {
  const name = ["namespace", namespace, "--ignore-not-found"];
  await kubectl.read(["delete", ...name, "--wait=false"]);
  const look = async () => {
    const found = (await kubectl.readJson(["get", ...name])) as KubeObject | undefined;
    if (found === undefined) return undefined;
    const content = findCondition(found, "NamespaceContentRemaining");
    const detail = content?.status === "True" ? `: ${content.message}` : "";
    return `namespace ${namespace}${detail}`;
  };
  await awaitGone(look, { ...waiting, onRemaining });
}

function nameOf(object: KubeObject): string {
  return `${resourceOf(object)}/${object.metadata.name}`;
}

function describeDeleted(objects: readonly KubeObject[]): string[] {
  const kinds = Map.groupBy(objects, resourceOf);
  return [...kinds].map(([resource, { length }]) => `${length} ${resource} deleted`);
}
