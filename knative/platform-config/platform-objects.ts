import { join } from "node:path";
import type { KubeObject } from "#backends/kube-objects.ts";
import type { Kubectl } from "#backends/kubectl.ts";
import type { Need } from "../checks/check-rights.ts";
import { parseObjects, retarget } from "../manifests/render-manifests.ts";

/** A config map of Knative's. */
export interface ConfigMapName {
  /** Such as `config-observability`. */
  readonly name: string;
  /** Such as `knative-serving`. */
  readonly namespace: string;
}

/** The one that the shop has keys in. */
export const configMap: ConfigMapName = {
  name: "config-observability",
  namespace: "knative-serving",
};

/** What reads it only when it starts. */
export const readers = [
  "deployment/activator",
  "deployment/autoscaler",
  "deployment/controller",
] as const;

/** The other kinds that the shop has objects of there. */
export const roleKinds = "roles.rbac.authorization.k8s.io,rolebindings.rbac.authorization.k8s.io";

/** The label of what the shop put outside of its namespace: which namespace that is. */
export const namespaceLabel = "hipstershop.dev/namespace";

const configFolder = join(import.meta.dirname, "..", "config");

/** What a user has to be allowed who configures Knative for the shop. */
export const platformNeeds: readonly Need[] = [
  ["get", "configmaps"],
  ["patch", "configmaps"],
  ["patch", "deployments.apps"],
  ["create", "roles.rbac.authorization.k8s.io"],
  ["patch", "roles.rbac.authorization.k8s.io"],
  ["create", "rolebindings.rbac.authorization.k8s.io"],
  ["patch", "rolebindings.rbac.authorization.k8s.io"],
].map(([verb = "", resource = ""]) => ({ verb, resource, namespace: configMap.namespace }));

/** Renders `knative/config` for the shop in a namespace. */
export async function renderConfig(kubectl: Kubectl, namespace: string): Promise<KubeObject[]> {
  const written = parseObjects(await kubectl.read(["kustomize", configFolder]));
  return retarget(written, { namespace, images: {} }).map((object) =>
    object.kind === "ConfigMap" ? object : markForNamespace(object, namespace),
  );
}

/** Gives an object outside of the shop's namespace a name and a label that identify the shop's namespace. */
export function markForNamespace(object: KubeObject, namespace: string): KubeObject {
  const copy = structuredClone(object) as KubeObject & { roleRef?: { name: string } };
  copy.metadata.name += `-${namespace}`;
  copy.metadata.labels = { ...copy.metadata.labels, [namespaceLabel]: namespace };
  // A binding here is always to a role of the same kind of name.
  if (copy.roleRef !== undefined) copy.roleRef.name += `-${namespace}`;
  return copy;
}
