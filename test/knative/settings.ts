import type { KubeObject } from "#backends/kube-objects.ts";
import type { Kubectl } from "#backends/kubectl.ts";

/** The overlay of the test cluster. */
export const testOverlay = "./test/cluster/overlay";

/** The settings of a run of the tests on Knative. */
export interface RunSettings {
  /** Where the shop is deployed; KNATIVE_NAMESPACE, default `shop`. */
  readonly namespace: string;
  /** The public gateway as host:port; KNATIVE_GATEWAY, or Kourier's Service. */
  readonly gateway: string;
  /** The cluster-local gateway as host:port; KNATIVE_INTERNAL_GATEWAY, or Kourier's Service. */
  readonly internalGateway: string;
  /** KNATIVE_OVERLAY; the test cluster's with TESTBED_REGISTRY, otherwise `default`. */
  readonly overlay: string;
  /** Where the images are pushed; KNATIVE_REGISTRY, required without TESTBED_REGISTRY. */
  readonly registry: string;
  /** More options for `shop images`: KNATIVE_NODE_IMAGE, and `--insecure` with TESTBED_REGISTRY. */
  readonly imageOptions: readonly string[];
  /** The files to run, without `.test.ts`; all files if it is empty. */
  readonly only: readonly string[];
  /** Uses a shop that is deployed already, and keeps it. */
  readonly keep: boolean;
}

/** A setting that the user has to fix before the tests can run. */
export class SettingsError extends Error {}

/** Reads the settings, and finds the gateways in the cluster. Throws SettingsError. */
export async function readSettings(
  env: NodeJS.ProcessEnv,
  args: readonly string[],
  kubectl: Kubectl,
): Promise<RunSettings> {
  const { stderr, exitCode } = await kubectl.run(["version"]);
  if (exitCode !== 0) {
    const why = stderr.trim().split("\n").at(-1);
    throw new SettingsError(`the cluster of KUBECONFIG does not respond: ${why}`);
  }
  const testbed = env.TESTBED_REGISTRY;
  const registry = env.KNATIVE_REGISTRY ?? (testbed && `${testbed}/shop`);
  if (!registry)
    throw new SettingsError(
      "set KNATIVE_REGISTRY to the registry that the images are pushed to, such as ghcr.io/you/shop",
    );
  const nodeImage = env.KNATIVE_NODE_IMAGE ?? (testbed && `${testbed}/node:24-slim`);
  return {
    namespace: env.KNATIVE_NAMESPACE ?? "shop",
    gateway: env.KNATIVE_GATEWAY ?? (await findGateway(kubectl, "kourier", "KNATIVE_GATEWAY")),
    internalGateway:
      env.KNATIVE_INTERNAL_GATEWAY ??
      (await findGateway(kubectl, "kourier-internal", "KNATIVE_INTERNAL_GATEWAY")),
    overlay: env.KNATIVE_OVERLAY ?? (testbed ? testOverlay : "default"),
    registry,
    imageOptions: [
      ...(nodeImage ? ["--node-image", nodeImage] : []),
      ...(testbed ? ["--insecure"] : []),
    ],
    only: args.filter((argument) => !argument.startsWith("--")),
    keep: args.includes("--keep"),
  };
}

interface GatewayService extends KubeObject {
  status?: KubeObject["status"] & {
    loadBalancer?: { ingress?: { ip?: string; hostname?: string }[] };
  };
}

// The external address, or else the cluster IP, which this machine may be able to reach.
async function findGateway(kubectl: Kubectl, name: string, variable: string): Promise<string> {
  const args = ["get", "svc", name, "-n", "kourier-system", "--ignore-not-found"];
  const service = (await kubectl.readJson(args)) as GatewayService | undefined;
  const spec = service?.spec as { externalIPs?: string[]; clusterIP?: string } | undefined;
  const [ingress] = service?.status?.loadBalancer?.ingress ?? [];
  const host = ingress?.ip ?? ingress?.hostname ?? spec?.externalIPs?.[0] ?? spec?.clusterIP;
  if (host) return `${host}:80`;
  throw new SettingsError(`the cluster has no Service kourier-system/${name}: set ${variable}`);
}
