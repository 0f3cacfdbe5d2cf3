import { join } from "node:path";
import type { KubeObject } from "#backends/kube-objects.ts";
import type { Kubectl } from "#backends/kubectl.ts";
import type { Need } from "../checks/check-rights.ts";
import { parseObjects, retarget } from "../manifests/render-manifests.ts";

/** The name of one of Knative's config maps. */
export interface ConfigMapName {
  /** Such as `config-observability`. */
  readonly name: string;
  /** Such as `knative-serving`. */
  readonly namespace: string;
}

/** The config map in which the shop sets keys. */
export const configMap: ConfigMapName = {
  name: "config-observability",
  namespace: "knative-serving",
};

/** Eventing's config map of features, in which the shop sets one. */
export const featuresMap: ConfigMapName = {
  name: "config-features",
  namespace: "knative-eventing",
};

/** The Deployments that read the config map only when they start. */
export const readers = [
  "deployment/activator",
  "deployment/autoscaler",
  "deployment/controller",
] as const;

/** The other resources of the shop in Knative's namespace. */
export const roleKinds = "roles.rbac.authorization.k8s.io,rolebindings.rbac.authorization.k8s.io";

/** The label of the shop's objects outside of its namespace; its value is that namespace. */
export const namespaceLabel = "hipstershop.dev/namespace";

const configFolder = join(import.meta.dirname, "..", "config");

/** The rights that `--configure-platform` needs. */
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

/** Returns the object with the namespace in its name and its label. */
export function markForNamespace(object: KubeObject, namespace: string): KubeObject {
  const copy = structuredClone(object) as KubeObject & { roleRef?: { name: string } };
  copy.metadata.name += `-${namespace}`;
  copy.metadata.labels = { ...copy.metadata.labels, [namespaceLabel]: namespace };
  // The binding refers to a Role of the same configuration, which is renamed too.
  if (copy.roleRef !== undefined) copy.roleRef.name += `-${namespace}`;
  return copy;
}
