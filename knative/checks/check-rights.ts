import type { Kubectl } from "#backends/kubectl.ts";

/** Something that the user has to be allowed. */
export interface Need {
  /** Such as `create`. */
  readonly verb: string;
  /** Such as `deployments.apps`. */
  readonly resource: string;
  /** Where. */
  readonly namespace: string;
}

/**
 * Answers one line for each resource that the user may not change as needed. One list of reviews asks
 * for all of it in a single run of kubectl, where `kubectl auth can-i` would need one run for each.
 */
export async function findRefused(kubectl: Kubectl, needs: readonly Need[]): Promise<string[]> {
  const items = needs.map(createReview);
  const input = JSON.stringify({ apiVersion: "v1", kind: "List", items });
  // kubectl prints what it creates one after the other, so a line for each answer it is.
  const args = ["create", "-f", "-", "-o", 'jsonpath={.status.allowed}{"\\n"}'];
  const answers = (await kubectl.read(args, { input })).split("\n");
  return describeRefused(needs.filter((_, index) => answers[index] === "false"));
}

/** One line for each resource of what is refused, with what to do about it. */
export function describeRefused(refused: readonly Need[]): string[] {
  const groups = Map.groupBy(refused, ({ resource, namespace }) => `${resource} ${namespace}`);
  return [...groups.values()].map((needs) => {
    const [{ resource, namespace }] = needs as [Need];
    const verbs = needs.map(({ verb }) => verb).join(" or ");
    return `you may not ${verbs} ${resource} in namespace ${namespace}: ${adviseOn(resource, namespace)}`;
  });
}

function adviseOn(resource: string, namespace: string): string {
  if (namespace === "knative-serving") {
    return "leave out --configure-platform, or let an administrator run it";
  }
  if (resource.endsWith(".rbac.authorization.k8s.io")) {
    return "leave out Prometheus, which needs it, with --without prometheus, or ask for a role that may";
  }
  if (resource === "namespaces")
    return "let an administrator create it, or ask for a role that may";
  return "ask for a role that may";
}

function createReview({ verb, resource: name, namespace }: Need): object {
  const [resource, ...group] = name.split(".");
  const resourceAttributes = { verb, resource, group: group.join("."), namespace };
  return {
    apiVersion: "authorization.k8s.io/v1",
    kind: "SelfSubjectAccessReview",
    metadata: {},
    spec: { resourceAttributes },
  };
}
