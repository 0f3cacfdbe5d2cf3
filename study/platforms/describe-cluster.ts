import type { ApiServer } from "#backends/api-server.ts";
import type { PlatformInfo } from "../records/run-file.ts";
import type { KnativeService } from "./apply-policy.ts";
import { type Pod, serviceLabel } from "./read-pod.ts";

/** The description and versions of the cluster. */
export async function describeCluster(
  api: ApiServer,
  namespace: string,
  services: readonly KnativeService[],
): Promise<PlatformInfo> {
  const { gitVersion } = await api.request<{ gitVersion: string }>("/version");
  const knative = await readKnativeVersion(api);
  const images = services.map(({ metadata, spec }) => {
    const [container] = spec.template.spec.containers;
    return [`image ${metadata.name}`, container?.image ?? ""];
  });
  return {
    kind: "knative",
    description: `Knative Serving ${knative} on Kubernetes ${gitVersion}, namespace ${namespace}`,
    versions: {
      node: process.version,
      kubernetes: gitVersion,
      knative,
      ...Object.fromEntries(images),
    },
  };
}

/** Pods of functions in other namespaces that run or are pending, as `namespace/name`. */
export async function findOtherPods(api: ApiServer, namespace: string): Promise<string[]> {
  const path = `/api/v1/pods?labelSelector=${serviceLabel}`;
  const { items } = await api.request<{ items: Pod[] }>(path);
  return items
    .filter(({ metadata, status }) => {
      const isActive = status?.phase === "Running" || status?.phase === "Pending";
      return metadata.namespace !== namespace && isActive;
    })
    .map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
}

async function readKnativeVersion(api: ApiServer): Promise<string> {
  const path = "/apis/apps/v1/namespaces/knative-serving/deployments/controller";
  const found = await api.find<{ metadata: { labels?: Record<string, string> } }>(path);
  return found?.metadata.labels?.["app.kubernetes.io/version"] ?? "of unknown version";
}
