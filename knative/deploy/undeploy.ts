import { createdAnnotation, createdBy } from "./apply-manifests.ts";
import type { Kubectl } from "./kubectl.ts";
import { listObjects } from "./list-objects.ts";
import { type KubeObject, shopSelector } from "./objects.ts";
import { removePlatformConfig } from "./platform-config.ts";
import { resourceOf } from "./render-manifests.ts";

// Everything goes within the grace period of the pods, which is 300 s for a Knative revision.
const deleteTimeoutMs = 420_000;

/**
 * Deletes what carries the shop's label in the namespace, and the namespace if deploy created it and
 * nobody else put anything in; waits until all is gone. Answers what to tell the user, line by line.
 * Rejects with KubectlError.
 */
export async function undeploy(kubectl: Kubectl, namespace: string): Promise<string[]> {
  const nothing = `nothing of the shop is in namespace ${namespace}`;
  const found = await kubectl.readJson(["get", "namespace", namespace, "--ignore-not-found"]);
  if (found === undefined) return [nothing, ...(await removePlatformConfig(kubectl, namespace))];
  const labelled = await listObjects(kubectl, namespace, shopSelector);
  await deleteObjects(kubectl, labelled.filter(isOwn), namespace);
  const lines = [
    ...describeDeleted(labelled.filter(isOwn)),
    ...(await removePlatformConfig(kubectl, namespace)),
  ];
  const annotations = (found as KubeObject).metadata.annotations ?? {};
  if (annotations[createdAnnotation] !== createdBy) return lines.length > 0 ? lines : [nothing];
  const strangers = (await listObjects(kubectl, namespace)).filter(isStranger);
  if (strangers.length > 0) {
    const names = strangers.map(nameOf).join(", ");
    return [...lines, `namespace ${namespace} stays: ${names} is not the shop's`];
  }
  const args = ["delete", "namespace", namespace, "--ignore-not-found", "--wait"];
  await kubectl.read(args, { timeoutMs: deleteTimeoutMs });
  return [...lines, `namespace ${namespace} deleted`];
}

/** Whether nobody in the cluster owns the object: its owner would delete it, or make it again. */
export function isOwn({ metadata }: KubeObject): boolean {
  return (metadata.ownerReferences ?? []).length === 0;
}

/** Whether somebody put the object into the namespace: not the shop, and not the cluster itself. */
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
): Promise<void> {
  if (objects.length === 0) return;
  // Foreground: an object is gone only after everything that it owns, pods included.
  const args = ["delete", "-n", namespace, "--ignore-not-found", "--cascade=foreground", "--wait"];
  await kubectl.read([...args, ...objects.map(nameOf)], { timeoutMs: deleteTimeoutMs });
}

function nameOf(object: KubeObject): string {
  return `${resourceOf(object)}/${object.metadata.name}`;
}

function describeDeleted(objects: readonly KubeObject[]): string[] {
  const kinds = Map.groupBy(objects, resourceOf);
  return [...kinds].map(([resource, { length }]) => `${length} ${resource} deleted`);
}
