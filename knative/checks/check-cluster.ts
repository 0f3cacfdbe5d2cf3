import { itemsOf, type KubeObject } from "#backends/kube-objects.ts";
import type { Kubectl } from "#backends/kubectl.ts";
import { ifReadable, lastLineOf } from "#backends/kubectl.ts";
import { resourceOf } from "../manifests/render-manifests.ts";
import { findRefused, type Need } from "./check-rights.ts";

/** What the cluster answered, of which each part is undefined where it may not be read. */
export interface ClusterFacts {
  /** The API groups that it serves. */
  readonly groups: readonly string[];
  /** The Deployments in knative-serving. */
  readonly servingDeployments: readonly KubeObject[] | undefined;
  /** The data of the config map config-network. */
  readonly network: Readonly<Record<string, string>> | undefined;
}

/** What the check of a cluster came to. */
export interface ClusterCheck {
  /** One line for each thing that is missing. */
  readonly problems: readonly string[];
  /** Knative Serving's version, such as `1.23.0`, where it can be read. */
  readonly version: string | undefined;
}

/** What a cluster is checked for, beside its Knative. */
export interface CheckOptions {
  /** Where the objects go. */
  readonly namespace: string;
  /** What the user has to be allowed beside creating the objects. */
  readonly needs?: readonly Need[];
}

/**
 * Looks whether the cluster has what the objects need, and whether the user may create them. An
 * unreachable cluster is the only problem then; all others are named together.
 */
export async function checkCluster(
  kubectl: Kubectl,
  objects: readonly KubeObject[],
  { namespace, needs = [] }: CheckOptions,
): Promise<ClusterCheck> {
  const groups = await readGroups(kubectl);
  if (typeof groups === "string") return { problems: [groups], version: undefined };
  const [servingDeployments, network, refused] = await Promise.all([
    readServing(kubectl),
    readNetwork(kubectl),
    listNeeds(kubectl, objects, namespace).then((own) => findRefused(kubectl, [...own, ...needs])),
  ]);
  const facts = { groups, servingDeployments, network };
  return {
    problems: [...findProblems(facts), ...refused],
    version: findVersion(servingDeployments ?? []),
  };
}

/** Says in one line each what the shop would miss in the cluster. */
export function findProblems({ groups, servingDeployments, network }: ClusterFacts): string[] {
  if (!groups.includes("serving.knative.dev")) {
    return [
      "Knative Serving is not installed: the cluster has no API group serving.knative.dev; install it, https://knative.dev/docs/install/",
      ...findMissingEventing(groups),
    ];
  }
  return [
    ...findUnready(servingDeployments),
    ...findMissingIngress(groups, network),
    ...findMissingEventing(groups),
  ];
}

/** Serving's version, which its Deployments carry as a label. */
export function findVersion(deployments: readonly KubeObject[]): string | undefined {
  const controller = deployments.find(({ metadata }) => metadata.name === "controller");
  return controller?.metadata.labels?.["app.kubernetes.io/version"];
}

const servingParts = ["activator", "autoscaler", "controller", "webhook"];

function findUnready(deployments: readonly KubeObject[] | undefined): string[] {
  if (deployments === undefined) return [];
  return servingParts.flatMap((part) => {
    const deployment = deployments.find(({ metadata }) => metadata.name === part);
    if (deployment === undefined) return [`Knative Serving's ${part} is not in knative-serving`];
    if ((deployment.status?.availableReplicas ?? 0) > 0) return [];
    return [
      `Knative Serving's ${part} has no pod that is ready: see \`kubectl get pods -n knative-serving\``,
    ];
  });
}

// Without a class Knative uses Istio's, and a route then never becomes ready if Istio is missing.
function findMissingIngress(
  groups: readonly string[],
  network: Readonly<Record<string, string>> | undefined,
): string[] {
  if (network === undefined || groups.includes("networking.istio.io")) return [];
  const name = network["ingress-class"] ?? network["ingress.class"];
  if (name !== undefined && !name.startsWith("istio.")) return [];
  return [
    `Knative has no ingress: config-network says ${name ?? "no ingress-class, which means Istio"}, and Istio is not installed; install Kourier and set ingress-class`,
  ];
}

function findMissingEventing(groups: readonly string[]): string[] {
  if (groups.includes("eventing.knative.dev")) return [];
  return [
    "Knative Eventing is not installed: the cluster has no API group eventing.knative.dev (Broker); install it, https://knative.dev/docs/install/",
  ];
}

/** The name of the context that kubectl uses, for messages. */
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
  const name = await readContext(kubectl);
  const why = lastLineOf(result) || "no response in time";
  return `the cluster cannot be reached (context ${name}): ${why}`;
}

interface ConfigMap {
  readonly data?: Record<string, string>;
}

// A user of one namespace may not read Knative's own, and the checks of it are left out.
const inServing = ["-n", "knative-serving"];

async function readServing(kubectl: Kubectl): Promise<KubeObject[] | undefined> {
  const found = await ifReadable(kubectl.readJson(["get", "deployments", ...inServing]));
  return found === undefined ? undefined : itemsOf(found);
}

async function readNetwork(kubectl: Kubectl): Promise<Record<string, string> | undefined> {
  const map = await ifReadable(kubectl.readJson(["get", "cm", "config-network", ...inServing]));
  return map === undefined ? undefined : ((map as ConfigMap).data ?? {});
}

// kubectl apply creates what is missing and patches what is there.
async function listNeeds(
  kubectl: Kubectl,
  objects: readonly KubeObject[],
  namespace: string,
): Promise<Need[]> {
  // An existing namespace is not changed, so no permission for it is needed.
  const args = ["get", "namespace", namespace, "--ignore-not-found", "-o", "name"];
  const isThere = (await kubectl.run(args)).stdout.trim() !== "";
  const needed = objects.filter(({ kind }) => !(isThere && kind === "Namespace"));
  const resources = [...new Set(needed.map(resourceOf))].sort();
  return resources.flatMap((resource) =>
    ["create", "patch"].map((verb) => ({ verb, resource, namespace })),
  );
}
