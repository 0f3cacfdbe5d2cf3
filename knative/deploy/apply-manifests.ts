import {
  findCondition,
  itemsOf,
  type KubeObject,
  knativeServices,
  retryAnnotation,
} from "#backends/kube-objects.ts";
import type { Kubectl, KubectlResult } from "#backends/kubectl.ts";
import { withoutWarnings } from "#backends/kubectl.ts";
import { knativeServicesOf, parseObjects } from "../manifests/render-manifests.ts";
import { applyTimeoutMs, serverSideApply } from "../manifests/server-side-apply.ts";

/** The annotation of a namespace that deploy created, so that undeploy may delete it. */
export const createdAnnotation = "hipstershop.dev/created-by";

/** Its value. */
export const createdBy = "shop-deploy";

/**
 * Creates the namespace if it is missing, marked as ours, with what the manifests say about it.
 * One that is there is left as it is. Answers whether it was created.
 */
export async function ensureNamespace(
  kubectl: Kubectl,
  objects: readonly KubeObject[],
  namespace: string,
): Promise<boolean> {
  const found = await kubectl.readJson(["get", "namespace", namespace, "--ignore-not-found"]);
  if (found !== undefined) return false;
  const written = objects.find(({ kind }) => kind === "Namespace");
  const labels = written?.metadata.labels ?? {};
  const metadata = { name: namespace, labels, annotations: { [createdAnnotation]: createdBy } };
  const input = JSON.stringify({ apiVersion: "v1", kind: "Namespace", metadata });
  await kubectl.read(["create", "-f", "-"], { input });
  return true;
}

/** What the cluster says of objects before they are applied. */
export interface CheckedManifests {
  /** What to apply: all but the namespace. */
  readonly objects: readonly KubeObject[];
  /** The Knative Services that are there already as the manifests have them, by name. */
  readonly unchanged: readonly string[];
  /** One sentence for each object that is refused; empty if none is. */
  readonly refused: string[];
}

/**
 * Lets the cluster check all objects, and keep none of them. Services that failed before are to get a
 * new revision even if nothing changed, because Knative does not look for an image again that was
 * missing.
 */
export async function checkManifests(
  kubectl: Kubectl,
  written: readonly KubeObject[],
  { namespace, now }: { namespace: string; now: Date },
): Promise<CheckedManifests> {
  const present = itemsOf(await kubectl.readJson(["get", knativeServices, "-n", namespace]));
  const objects = written
    .filter(({ kind }) => kind !== "Namespace")
    .map((object) => keepAnnotations(markRetry(object, present, now)));
  const inNamespace = ["--force-conflicts", "-n", namespace, "--dry-run=server"];
  const result = await serverSideApply(kubectl, objects, [...inNamespace, "-o", "json"]);
  if (result.exitCode !== 0) {
    const services = await findRefusedServices(kubectl, objects, namespace);
    return {
      objects,
      unchanged: [],
      refused: services.length > 0 ? services : describeRefusal(result),
    };
  }
  return { objects, unchanged: findUnchanged(present, parseObjects(result.stdout)), refused: [] };
}

/** The names of the Services of which a dry run made no new generation. `checked` may hold lists. */
export function findUnchanged(
  present: readonly KubeObject[],
  checked: readonly KubeObject[],
): string[] {
  const generations = new Map(present.map(({ metadata }) => [metadata.name, metadata.generation]));
  const objects = checked.flatMap((object) => [object, ...itemsOf(object)]);
  return knativeServicesOf(objects.filter(({ metadata }) => metadata?.name !== undefined))
    .filter(({ metadata }) => generations.get(metadata.name) === metadata.generation)
    .map(({ metadata }) => metadata.name);
}

/** Applies the objects on the server's side. Answers what the cluster said if it refused, line by line. */
export async function applyManifests(
  kubectl: Kubectl,
  objects: readonly KubeObject[],
  namespace: string,
): Promise<string[]> {
  const result = await serverSideApply(kubectl, objects, ["--force-conflicts", "-n", namespace]);
  return result.exitCode === 0 ? [] : describeRefusal(result);
}

function describeRefusal({ exitCode, stderr }: KubectlResult): string[] {
  if (exitCode === -1) {
    return [`kubectl apply did not end within ${applyTimeoutMs / 1000} s: run the command again`];
  }
  const said = withoutWarnings(stderr).split("\n");
  return said.map((line) => `The cluster refused the manifests: ${line}`);
}

/**
 * Says of Knative's objects that they have annotations, if only none of ours. After a client-side apply
 * (`kubectl apply -k`) ours is the whole map. Without a word of it a server-side apply would remove it,
 * with what Knative's webhooks note in it, and they refuse that.
 */
export function keepAnnotations(object: KubeObject): KubeObject {
  if (!object.apiVersion?.includes(".knative.dev/")) return object;
  const { annotations = {} } = object.metadata;
  return { ...object, metadata: { ...object.metadata, annotations } };
}

/** Adds the retry annotation to a Knative Service that has failed, and keeps an earlier one. */
export function markRetry(
  object: KubeObject,
  present: readonly KubeObject[],
  now: Date,
): KubeObject {
  if (knativeServicesOf([object]).length === 0) return object;
  const before = present.find(({ metadata }) => metadata.name === object.metadata.name);
  if (before === undefined) return object;
  const hasFailed = findCondition(before, "Ready")?.status === "False";
  const retriedAt = hasFailed ? now.toISOString() : templateOf(before)?.[retryAnnotation];
  if (retriedAt === undefined) return object;
  const copy = structuredClone(object);
  const template = (copy.spec as { template: { metadata?: KubeObject["metadata"] } }).template;
  const annotations = { ...template.metadata?.annotations, [retryAnnotation]: retriedAt };
  template.metadata = { ...template.metadata, annotations } as KubeObject["metadata"];
  return copy;
}

function templateOf(service: KubeObject): Record<string, string> | undefined {
  const spec = service.spec as { template?: { metadata?: KubeObject["metadata"] } } | undefined;
  return spec?.template?.metadata?.annotations;
}

// An admission webhook's refusal does not always name the object, so each is asked about alone.
async function findRefusedServices(
  kubectl: Kubectl,
  objects: readonly KubeObject[],
  namespace: string,
): Promise<string[]> {
  const refused: string[] = [];
  for (const service of knativeServicesOf(objects)) {
    const dryRun = ["--force-conflicts", "-n", namespace, "--dry-run=server"];
    const result = await serverSideApply(kubectl, [service], dryRun);
    if (result.exitCode === 0) continue;
    const why = withoutWarnings(result.stderr).replace(
      /^Error from server[^:]*: (error when [^:]*: )?/,
      "",
    );
    refused.push(
      `${service.metadata.name} was refused: ${why.replace(/\s+/g, " ").trim()}. Change the manifest or the cluster's admission rule.`,
    );
  }
  return refused;
}
