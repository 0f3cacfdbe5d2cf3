import { itemsOf, type KubeObject, knativeServices } from "#backends/kube-objects.ts";
import { type Kubectl, KubectlError, withoutWarnings } from "#backends/kubectl.ts";

/**
 * All objects in a namespace that may be deleted, of every kind that the cluster has; `selector` as in
 * `kubectl -l`. Kinds that the user may not list are left out: an administrator of one namespace is not
 * shown everything, and what they deployed they may list.
 *
 * Rejects with KubectlError where the cluster does not answer, or not even about Knative Services.
 */
export async function listObjects(
  kubectl: Kubectl,
  namespace: string,
  selector?: string,
): Promise<KubeObject[]> {
  const resources = await findResources(kubectl);
  const only = selector === undefined ? [] : ["-l", selector];
  const args = ["get", resources.join(","), "-n", namespace, ...only, "-o", "json"];
  // Some sixty kinds, asked for one after the other.
  const result = await kubectl.run(args, { timeoutMs: 120_000 });
  if (result.exitCode !== 0 && !isListed(result.stderr)) {
    throw new KubectlError(["get", "everything"], result);
  }
  return itemsOf(JSON.parse(result.stdout));
}

/** Whether kubectl only held back kinds that the shop has nothing of. */
export function isListed(stderr: string): boolean {
  return withoutWarnings(stderr)
    .split("\n")
    .every((line) => {
      const kind = /^Error from server \(Forbidden\): (\S+) is forbidden: /.exec(line)?.[1];
      return kind !== undefined && kind !== knativeServices;
    });
}

async function findResources(kubectl: Kubectl): Promise<string[]> {
  const args = ["api-resources", "--namespaced", "--verbs=list,delete", "-o", "name"];
  const names = (await kubectl.read(args)).trim().split("\n");
  return names.filter((name) => !/^(events|endpoints|leases)\b/.test(name));
}
