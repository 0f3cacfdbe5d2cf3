import { itemsOf, type KubeObject } from "#backends/kube-objects.ts";
import { ifReadable, type Kubectl, lastLineOf } from "#backends/kubectl.ts";
import { resourceOf } from "../manifests/render-manifests.ts";
import { findRefused, type Need } from "./check-rights.ts";

/** The state of a cluster; undefined for each part that the user may not read. */
export interface ClusterFacts {
  /** The cluster's API groups. */
  readonly groups: readonly string[];
  /** The Deployments in knative-serving. */
  readonly servingDeployments: readonly KubeObject[] | undefined;
  /** The data of the config map config-network. */
  readonly network: Readonly<Record<string, string>> | undefined;
}

/** The result of the check of a cluster. */
export interface ClusterCheck {
  /** A line for each missing requirement. */
  readonly problems: readonly string[];
  /** Knative Serving's version, such as `1.23.0`; undefined if it cannot be read. */
  readonly version: string | undefined;
}

/** The requirements on a cluster in addition to Knative. */
export interface CheckOptions {
  /** The namespace of the objects. */
  readonly namespace: string;
  /** Rights that the user needs in addition to creating and patching the objects. */
  readonly needs?: readonly Need[];
}

/**
 * Checks whether the cluster has the APIs that the objects need, and whether the user may apply them. All
 * problems are reported together; an unreachable cluster is the only problem.
 */
export async function checkCluster(
  kubectl: Kubectl,
  objects: readonly KubeObject[],
  { namespace, needs = [] }: CheckOptions,
): Promise<ClusterCheck> {
  const groups = await readGroups(kubectl);
  if (typeof groups === "string") return { problems: [groups], version: undefined };
  // A user of a single namespace may not read knative-serving; its checks are skipped then.
  const readServing = (what: string, name: string[] = []) =>
    ifReadable(kubectl.readJson(["get", what, ...name, "-n", "knative-serving"]));
  const [deployments, network, refused] = await Promise.all([
    readServing("deployments"),
    readServing("cm", ["config-network"]),
    listNeeds(kubectl, objects, namespace).then((own) => findRefused(kubectl, [...own, ...needs])),
  ]);
  const servingDeployments = deployments === undefined ? undefined : itemsOf(deployments);
  const data = network === undefined ? undefined : ((network as KubeObject).data ?? {});
  const controller = servingDeployments?.find(({ metadata }) => metadata.name === "controller");
  return {
    problems: [...findProblems({ groups, servingDeployments, network: data }), ...refused],
    version: controller?.metadata.labels?.["app.kubernetes.io/version"],
  };
}

/** A line for each requirement that the cluster lacks. */
export function findProblems({ groups, servingDeployments, network }: ClusterFacts): string[] {
  const eventing = findMissingApi(groups, "Eventing", "eventing.knative.dev (Broker)");
  const serving = findMissingApi(groups, "Serving", "serving.knative.dev");
  if (serving.length > 0) return [...serving, ...eventing];
  const unready = servingDeployments === undefined ? [] : findUnready(servingDeployments);
  return [...unready, ...findMissingIngress(groups, network), ...eventing];
}

function findMissingApi(groups: readonly string[], part: string, group: string): string[] {
  if (groups.includes(group.split(" ")[0] ?? "")) return [];
  return [
    `Knative ${part} is not installed: the cluster has no API group ${group}; install it, https://knative.dev/docs/install/`,
  ];
}

function findUnready(deployments: readonly KubeObject[]): string[] {
  return ["activator", "autoscaler", "controller", "webhook"].flatMap((part) => {
    const deployment = deployments.find(({ metadata }) => metadata.name === part);
    if (deployment === undefined) return [`Knative Serving's ${part} is not in knative-serving`];
    if ((deployment.status?.availableReplicas ?? 0) > 0) return [];
    return [
      `Knative Serving's ${part} has no ready pod: see \`kubectl get pods -n knative-serving\``,
    ];
  });
}

// Without an ingress class Knative uses Istio. If Istio is missing, routes never become ready.
function findMissingIngress(
  groups: readonly string[],
  network: Readonly<Record<string, string>> | undefined,
): string[] {
  if (network === undefined || groups.includes("networking.istio.io")) return [];
  const name = network["ingress-class"] ?? network["ingress.class"];
  if (name !== undefined && !name.startsWith("istio.")) return [];
  return [
    `Knative has no ingress: config-network has ${name ?? "no ingress-class, which means Istio"}, and Istio is not installed; install Kourier and set ingress-class`,
  ];
}

/** The name of kubectl's context, for messages. */
export async function readContext(kubectl: Kubectl): Promise<string> {
  if (kubectl.context !== undefined) return kubectl.context;
  const { exitCode, stdout } = await kubectl.run(["config", "current-context"]);
  return exitCode === 0 ? stdout.trim() : "none, since none is set";
}

async function readGroups(kubectl: Kubectl): Promise<string[] | string> {
  const result = await kubectl.run(["get", "--raw", "/apis", "--request-timeout=10s"]);
  if (result.exitCode === 0) {
    const { groups } = JSON.parse(result.stdout) as { groups: { name: string }[] };
    return groups.map(({ name }) => name);
  }
  const why = lastLineOf(result) || "no response in time";
  return `the cluster cannot be reached (context ${await readContext(kubectl)}): ${why}`;
}

// kubectl apply creates missing objects and patches existing ones. An existing namespace is not changed,
// so it needs no right.
async function listNeeds(
  kubectl: Kubectl,
  objects: readonly KubeObject[],
  namespace: string,
): Promise<Need[]> {
  const args = ["get", "namespace", namespace, "--ignore-not-found", "-o", "name"];
  const exists = (await kubectl.run(args)).stdout.trim() !== "";
  const needed = objects.filter(({ kind }) => !(exists && kind === "Namespace"));
  return [...new Set(needed.map(resourceOf))]
    .sort()
    .flatMap((resource) => ["create", "patch"].map((verb) => ({ verb, resource, namespace })));
}
