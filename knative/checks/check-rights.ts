import type { Kubectl } from "#backends/kubectl.ts";

/** A right that the user needs. */
export interface Need {
  /** Such as `create`. */
  readonly verb: string;
  /** The resource with its API group, such as `deployments.apps`. */
  readonly resource: string;
  /** The namespace. */
  readonly namespace: string;
}

/**
 * Returns a line for each resource for which the user lacks a right. Rejects with KubectlError. One
 * `kubectl create` of a list of reviews replaces a `kubectl auth can-i` for each right.
 */
export async function findRefused(
  kubectl: Pick<Kubectl, "read">,
  needs: readonly Need[],
): Promise<string[]> {
  const items = needs.map(({ verb, resource: name, namespace }) => {
    const [resource, ...group] = name.split(".");
    return {
      apiVersion: "authorization.k8s.io/v1",
      kind: "SelfSubjectAccessReview",
      metadata: {},
      spec: { resourceAttributes: { verb, resource, group: group.join("."), namespace } },
    };
  });
  const input = JSON.stringify({ apiVersion: "v1", kind: "List", items });
  const args = ["create", "-f", "-", "-o", 'jsonpath={.status.allowed}{"\\n"}'];
  const allowed = (await kubectl.read(args, { input })).split("\n");
  const refused = needs.filter((_, index) => allowed[index] === "false");
  const groups = Map.groupBy(refused, ({ resource, namespace }) => `${resource} ${namespace}`);
  return [...groups.values()].map((group) => {
    const [{ resource, namespace }] = group as [Need];
    const verbs = group.map(({ verb }) => verb).join(" or ");
    return `you may not ${verbs} ${resource} in namespace ${namespace}: ${adviseOn(resource, namespace)}`;
  });
}

function adviseOn(resource: string, namespace: string): string {
  if (/^knative-(serving|eventing)$/.test(namespace)) {
    return "leave out --configure-platform, or let an administrator run it";
  }
  if (resource.endsWith(".rbac.authorization.k8s.io")) {
    return "leave out Prometheus, which needs it, with --without prometheus, or ask for a role with this right";
  }
  const ask = "ask for a role with this right";
  return resource === "namespaces" ? `let an administrator create it, or ${ask}` : ask;
}
