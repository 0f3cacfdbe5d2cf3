import { itemsOf, type KubeObject, shopSelector } from "#backends/kube-objects.ts";
import { ifReadable, type Kubectl, lastLineOf } from "#backends/kubectl.ts";
import type { Need } from "../checks/check-rights.ts";
import { serverSideApply } from "../manifests/server-side-apply.ts";
import { pollUntil } from "../readiness/poll-until.ts";
import { brokersResource, settleChannels } from "./broker-channels.ts";
import { featuresMap } from "./platform-objects.ts";
import type { KeyChange } from "./platform-plan.ts";

/** The feature with which all Brokers and channels of the cluster require and send identities. */
export const eventFeature = "authentication-oidc";

/** The annotation of the config map with the feature's value before deploy changed it; empty for none. */
const beforeAnnotation = `hipstershop.dev/${eventFeature}-before`;

const policies = "eventpolicies.eventing.knative.dev";
const appliedTimeoutMs = 60_000;

/** The rights that a change of the feature needs. */
export const eventFeatureNeeds: readonly Need[] = ["get", "patch"].map((verb) => ({
  verb,
  resource: "configmaps",
  namespace: featuresMap.namespace,
}));

/** The state of the feature. */
export interface EventFeature {
  /** Its value; undefined if the key is not set, which is `disabled`. */
  readonly value: string | undefined;
  /** Whether Brokers require identities. */
  readonly isEnabled: boolean;
  /** Its value before deploy changed it, empty if the key was not set; undefined if deploy did not. */
  readonly before: string | undefined;
}

/** Reads the state of the feature; undefined if the user may not, or if the cluster has no Eventing. */
export async function readEventFeature(kubectl: Kubectl): Promise<EventFeature | undefined> {
  const { name, namespace } = featuresMap;
  const args = ["get", "cm", name, "-n", namespace, "--request-timeout=10s"];
  const map = (await ifReadable(kubectl.readJson(args))) as KubeObject | undefined;
  if (map === undefined) return undefined;
  const value = map.data?.[eventFeature];
  const before = map.metadata.annotations?.[beforeAnnotation];
  return { value, isEnabled: value?.toLowerCase() === "enabled", before };
}

/** The namespaces of other users' Brokers, which the feature affects; none if they may not be listed. */
export async function findOtherBrokers(kubectl: Kubectl, namespace: string): Promise<string[]> {
  const found = await ifReadable(kubectl.readJson(["get", brokersResource, "--all-namespaces"]));
  return namespacesOf(found).filter((each) => each !== namespace);
}

/**
 * Enables the feature, records its previous value, and waits until Eventing applies it: until then its
 * webhook refuses EventPolicies. Returns lines for the user.
 *
 * @param objects the objects that will be applied, with their EventPolicies
 */
export async function enableEventFeature(
  kubectl: Kubectl,
  { from = "", to }: KeyChange,
  objects: readonly KubeObject[],
  namespace: string,
): Promise<string[]> {
  const metadata = { annotations: { [beforeAnnotation]: from } };
  const refusal = await patchMap(kubectl, { metadata, data: { [eventFeature]: to } });
  if (refusal !== undefined) return [refusal];
  const written = objects.filter(isEventPolicy);
  let missing = "";
  const isApplied = async () => {
    missing = await findUnapplied(kubectl, written, namespace);
    return missing === "";
  };
  if (await pollUntil(isApplied, { timeoutMs: appliedTimeoutMs })) {
    return settleChannels(kubectl, true);
  }
  const seconds = appliedTimeoutMs / 1000;
  return [`Eventing has not applied ${eventFeature} after ${seconds} s: ${missing}`];
}

/** Whether the object is an EventPolicy, which Eventing's webhook refuses while the feature is disabled. */
export function isEventPolicy({ kind }: KubeObject): boolean {
  return kind === "EventPolicy";
}

/**
 * Reverts `enableEventFeature`, except if another namespace's shop uses the feature. Returns lines for the
 * user.
 */
export async function restoreEventFeature(kubectl: Kubectl, namespace: string): Promise<string[]> {
  const feature = await readEventFeature(kubectl);
  if (feature?.before === undefined) return [];
  const args = ["get", policies, "--all-namespaces", "-l", shopSelector];
  const found = await ifReadable(kubectl.readJson(args));
  const keeps = `${featuresMap.name} in ${featuresMap.namespace} keeps ${eventFeature}`;
  if (found === undefined) return [`${keeps}: you may not list ${policies} of all namespaces`];
  const users = namespacesOf(found).filter((each) => each !== namespace);
  if (users.length > 0) return [`${keeps}, for the shop in namespace ${users.join(", ")}`];
  const metadata = { annotations: { [beforeAnnotation]: null } };
  // A value that somebody has changed since is kept.
  const data = feature.isEnabled ? { data: { [eventFeature]: feature.before || null } } : {};
  const refusal = await patchMap(kubectl, { metadata, ...data });
  return refusal === undefined ? settleChannels(kubectl, false) : [refusal];
}

// Not by server-side apply: the manifests of Eventing set the key too, so that its value is always in conflict.
async function patchMap(kubectl: Kubectl, change: object): Promise<string | undefined> {
  const { name, namespace } = featuresMap;
  const args = ["patch", "cm", name, "-n", namespace, "--type=merge", "--field-manager=shop"];
  const result = await kubectl.run([...args, "-p", JSON.stringify(change)]);
  if (result.exitCode === 0) return undefined;
  return `${name} in ${namespace} was not changed: ${lastLineOf(result)}`;
}

async function findUnapplied(
  kubectl: Kubectl,
  written: readonly KubeObject[],
  namespace: string,
): Promise<string> {
  const inNamespace = ["-n", namespace];
  const dryRun = ["--force-conflicts", ...inNamespace, "--dry-run=server"];
  const tried = written.length > 0 && (await serverSideApply(kubectl, written, dryRun));
  if (tried && tried.exitCode !== 0) return lastLineOf(tried);
  const found = itemsOf(await kubectl.readJson(["get", brokersResource, ...inNamespace]));
  const isOpen = ({ status }: KubeObject) => status?.address?.audience === undefined;
  return found.some(isOpen) ? "a Broker has no audience yet" : "";
}

function namespacesOf(list: unknown): string[] {
  return [...new Set(itemsOf(list).map(({ metadata }) => metadata.namespace ?? ""))].sort();
}
