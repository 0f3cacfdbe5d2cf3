import { BackendError } from "#backends/backend-error.ts";
import {
  findCondition,
  findSubscriber,
  itemsOf,
  type KubeObject,
  knativeServices,
  shopLabels,
  shopSelector,
  triggers,
} from "#backends/kube-objects.ts";
import { type Kubectl, KubectlError } from "#backends/kubectl.ts";
import { createdAnnotation, createdBy } from "../deploy/ensure-namespace.ts";
import { resourceOf } from "../manifests/render-manifests.ts";
import { restoreEventFeature } from "../platform-config/event-feature.ts";
import { removePlatformConfig } from "../platform-config/platform-config.ts";
import { type PollOptions, pollUntil } from "../readiness/poll-until.ts";
import { listObjects } from "./list-objects.ts";

// Pods have a grace period, which is 300 s for a Knative revision.
const waiting = { timeoutMs: 420_000 };

/**
 * Deletes the objects with the shop's label in the namespace, the Triggers that send events to its
 * functions, and the namespace if deploy created it and it has no other objects. Waits until all are
 * deleted. Returns lines for the user. Rejects with KubectlError, and with NotDeletedError.
 *
 * @param onRemaining receives the remaining objects as text after each read
 */
export async function undeploy(
  kubectl: Kubectl,
  namespace: string,
  onRemaining: (remaining: string) => void = () => undefined,
): Promise<string[]> {
  const nothing = `namespace ${namespace} has no objects of the shop`;
  const found = await kubectl.readJson(["get", "namespace", namespace, "--ignore-not-found"]);
  if (found === undefined) return [nothing, ...(await restorePlatform(kubectl, namespace))];
  const labelled = (await listObjects(kubectl, namespace, shopSelector)).filter(isOwn);
  const objects = [
    ...labelled,
    ...findShopTriggers(await listTriggers(kubectl, namespace), labelled),
  ];
  await deleteObjects(kubectl, objects, namespace, onRemaining);
  const kinds = [...Map.groupBy(objects, resourceOf)];
  const lines = [
    ...kinds.map(([resource, { length }]) => `${length} ${resource} deleted`),
    ...(await restorePlatform(kubectl, namespace)),
  ];
  const annotations = (found as KubeObject).metadata.annotations ?? {};
  if (annotations[createdAnnotation] !== createdBy) return lines.length > 0 ? lines : [nothing];
  const foreign = (await listObjects(kubectl, namespace)).filter(isForeign);
  if (foreign.length > 0) {
    const names = foreign.map(nameOf).join(", ");
    return [...lines, `namespace ${namespace} is kept: ${names} does not belong to the shop`];
  }
  await deleteNamespace(kubectl, namespace, onRemaining);
  return [...lines, `namespace ${namespace} deleted`];
}

async function restorePlatform(kubectl: Kubectl, namespace: string): Promise<string[]> {
  return [
    ...(await removePlatformConfig(kubectl, namespace)),
    ...(await restoreEventFeature(kubectl, namespace)),
  ];
}

/**
 * The Triggers without the shop's label whose subscriber is one of the shop's functions, such as those
 * that func creates. Without the function their deliveries only fail.
 */
export function findShopTriggers(
  found: readonly KubeObject[],
  labelled: readonly KubeObject[],
): KubeObject[] {
  const known = new Set(labelled.map(nameOf));
  return found.filter((trigger) => {
    const own = trigger.metadata.namespace;
    const { kind, name, namespace = own } = findSubscriber(trigger) ?? {};
    const isInNamespace = kind === "Service" && namespace === own;
    return isInNamespace && known.has(`${knativeServices}/${name}`) && !known.has(nameOf(trigger));
  });
}

// A cluster without Eventing has no Triggers, and a user who may not list them has created none.
async function listTriggers(kubectl: Kubectl, namespace: string): Promise<KubeObject[]> {
  const args = ["get", triggers, "-n", namespace, "-o", "json"];
  const result = await kubectl.run(args);
  if (result.exitCode === 0) return itemsOf(JSON.parse(result.stdout));
  if (/doesn't have a resource type|is forbidden/.test(result.stderr)) return [];
  throw new KubectlError(args, result);
}

/** Whether the object has no owner, which would delete it or create it again. */
export function isOwn({ metadata }: KubeObject): boolean {
  return (metadata.ownerReferences ?? []).length === 0;
}

/** Whether the object belongs neither to the shop nor to the cluster itself. */
export function isForeign(object: KubeObject): boolean {
  const { kind, metadata } = object;
  const label = "app.kubernetes.io/part-of";
  if (!isOwn(object) || metadata.labels?.[label] === shopLabels[label]) return false;
  // Objects that the control plane creates in every namespace, or derives from others.
  const derived = /^(Event|Endpoints|EndpointSlice|Lease|PodMetrics|ControllerRevision)$/;
  const isDefault =
    (kind === "ConfigMap" && /^(kube-root-ca|openshift-service-ca)\.crt$/.test(metadata.name)) ||
    (kind === "ServiceAccount" && metadata.name === "default");
  return !derived.test(kind) && !isDefault;
}

async function deleteObjects(
  kubectl: Kubectl,
  objects: readonly KubeObject[],
  namespace: string,
  onRemaining: (remaining: string) => void,
): Promise<void> {
  if (objects.length === 0) return;
  const names = objects.map(nameOf);
  // Foreground: an object is deleted only after the objects that it owns, pods included.
  const how = ["--ignore-not-found", "--cascade=foreground", "--wait=false"];
  await kubectl.read(["delete", "-n", namespace, ...how, ...names]);
  // A list for each resource: kubectl would send a request for each name, and delays those beyond a few.
  const resources = [...new Set(objects.map(resourceOf))].join(",");
  const readRemaining = async () => {
    const found = itemsOf(await kubectl.readJson(["get", resources, "-n", namespace]));
    const left = found.map(nameOf).filter((name) => names.includes(name));
    if (left.length === 0) return undefined;
    // The pods take most of the time.
    const pods = await kubectl.readJson(["get", "pods", "-n", namespace, "-l", shopSelector]);
    return countKinds([...left, ...itemsOf(pods).map(nameOf)]);
  };
  await awaitDeletion(readRemaining, onRemaining, waiting);
}

async function deleteNamespace(
  kubectl: Kubectl,
  namespace: string,
  onRemaining: (remaining: string) => void,
): Promise<void> {
  const name = ["namespace", namespace, "--ignore-not-found"];
  await kubectl.read(["delete", ...name, "--wait=false"]);
  const readRemaining = async () => {
    const found = (await kubectl.readJson(["get", ...name])) as KubeObject | undefined;
    if (found === undefined) return undefined;
    const content = findCondition(found, "NamespaceContentRemaining");
    const detail = content?.status === "True" ? `: ${content.message}` : "";
    return `namespace ${namespace}${detail}`;
  };
  await awaitDeletion(readRemaining, onRemaining, waiting);
}

/** Objects still exist after the timeout of their deletion; the message names them. */
export class NotDeletedError extends BackendError {
  override readonly name = "NotDeletedError";
}

/**
 * Waits until nothing remains. Rejects with NotDeletedError after the timeout.
 *
 * @param readRemaining returns the remaining objects as text; undefined if there are none
 */
export async function awaitDeletion(
  readRemaining: () => Promise<string | undefined>,
  onRemaining: (remaining: string) => void,
  options: PollOptions,
): Promise<void> {
  let remaining: string | undefined;
  const check = async () => {
    remaining = await readRemaining();
    if (remaining !== undefined) onRemaining(remaining);
    return remaining === undefined;
  };
  if (await pollUntil(check, options)) return;
  throw new NotDeletedError(
    `not deleted after ${options.timeoutMs / 1000} s: ${remaining}; finalizers or pods block the deletion: see kubectl describe, and run the command again`,
  );
}

/** Counts names such as `pod/a` by kind: `2 pod, 1 statefulset.apps`; undefined if there are none. */
export function countKinds(names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined;
  const kinds = Map.groupBy(names, (name) => name.split("/")[0] ?? "");
  return [...kinds].map(([kind, { length }]) => `${length} ${kind}`).join(", ");
}

function nameOf(object: KubeObject): string {
  return `${resourceOf(object)}/${object.metadata.name}`;
}
