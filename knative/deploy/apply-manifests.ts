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
import { isEventPolicy } from "../platform-config/event-feature.ts";
import { keepDefaultUser } from "./redis-users.ts";

/** The result of the server-side dry run. */
export interface CheckedManifests {
  /** The objects to apply: all except the namespace. */
  readonly objects: readonly KubeObject[];
  /** The names of the Knative Services that the manifests do not change. */
  readonly unchanged: readonly string[];
  /** A message for each refused object. */
  readonly refused: string[];
  /** A line for the user if Redis keeps a user of an earlier release. */
  readonly notes: readonly string[];
}

/**
 * Checks all objects by a server-side dry run, except EventPolicies, which are refused until the platform is
 * configured. Failed Services get a new revision even without a change,
 * because Knative does not pull a missing image again. Rejects with KubectlError.
 */
export async function checkManifests(
  kubectl: Kubectl,
  written: readonly KubeObject[],
  { namespace, now }: { namespace: string; now: Date },
): Promise<CheckedManifests> {
  const present = itemsOf(await kubectl.readJson(["get", knativeServices, "-n", namespace]));
  const { objects: wanted, notes } = keepDefaultUser(written, present, namespace);
  const objects = wanted
    .filter(({ kind }) => kind !== "Namespace")
    .map((object) => keepAnnotations(markRetry(object, present, now)));
  const inNamespace = ["--force-conflicts", "-n", namespace, "--dry-run=server"];
  const checked = objects.filter((object) => !isEventPolicy(object));
  const result = await serverSideApply(kubectl, checked, [...inNamespace, "-o", "json"]);
  if (result.exitCode !== 0) {
    const services = await findRefusedServices(kubectl, objects, namespace);
    return {
      objects,
      unchanged: [],
      refused: services.length > 0 ? services : describeRefusal(result),
      notes,
    };
  }
  const unchanged = findUnchanged(present, parseObjects(result.stdout));
  return { objects, unchanged, refused: [], notes };
}

/** The names of the Services whose generation the dry run kept. `checked` may contain lists. */
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

/**
 * Applies the service accounts among the objects: Knative's webhook refuses a Service, also in a dry run,
 * whose account does not exist. Returns the lines of a refusal.
 */
export async function applyAccounts(
  kubectl: Kubectl,
  objects: readonly KubeObject[],
  namespace: string,
): Promise<string[]> {
  const accounts = objects.filter(({ kind }) => kind === "ServiceAccount");
  return accounts.length === 0 ? [] : applyManifests(kubectl, accounts, namespace);
}

/** Applies the objects by server-side apply. Returns the lines of a refusal; none if they are applied. */
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
  const lines = withoutWarnings(stderr).split("\n");
  return lines.map((line) => `The cluster refused the manifests: ${line}`);
}

/**
 * Adds an empty map of annotations to Knative's objects without one. After a client-side apply
 * (`kubectl apply -k`) the field manager owns the whole map. A server-side apply without it would remove
 * the annotations of Knative's webhooks too, which the webhooks refuse.
 */
export function keepAnnotations(object: KubeObject): KubeObject {
  if (!object.apiVersion?.includes(".knative.dev/")) return object;
  const { annotations = {} } = object.metadata;
  return { ...object, metadata: { ...object.metadata, annotations } };
}

/** Adds the retry annotation to a Knative Service that has failed, and keeps an existing one. */
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

// An admission webhook's refusal does not always name the object, so each Service is checked alone.
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
