import { itemsOf, type KubeObject, knativeServices } from "#backends/kube-objects.ts";
import { type Kubectl, KubectlError, withoutWarnings } from "#backends/kubectl.ts";

/**
 * All objects of a namespace that can be deleted, of every resource of the cluster. Resources that the
 * user may not list are left out: the user cannot have deployed objects of them.
 *
 * Rejects with KubectlError if the cluster does not respond, or refuses to list Knative Services.
 *
 * @param selector a label selector as for `kubectl -l`
 */
export async function listObjects(
  kubectl: Kubectl,
  namespace: string,
  selector?: string,
): Promise<KubeObject[]> {
  const kinds = ["api-resources", "--namespaced", "--verbs=list,delete", "-o", "name"];
  const names = (await kubectl.read(kinds)).trim().split("\n");
  const resources = names.filter((name) => !/^(events|endpoints|leases)\b/.test(name)).join(",");
  const only = selector === undefined ? [] : ["-l", selector];
  const args = ["get", resources, "-n", namespace, ...only, "-o", "json"];
  // kubectl lists some sixty resources, one after the other.
  const result = await kubectl.run(args, { timeoutMs: 120_000 });
  if (result.exitCode !== 0 && !isListed(result.stderr)) {
    throw new KubectlError(["get", "everything"], result);
  }
  return itemsOf(JSON.parse(result.stdout));
}

/** Whether kubectl's errors are only about resources that the user may not list and the shop lacks. */
export function isListed(stderr: string): boolean {
  return withoutWarnings(stderr)
    .split("\n")
    .every((line) => {
      const resource = /^Error from server \(Forbidden\): (\S+) is forbidden: /.exec(line)?.[1];
      return resource !== undefined && resource !== knativeServices;
    });
}
