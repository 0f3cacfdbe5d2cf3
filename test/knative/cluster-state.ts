import { connect } from "node:net";
import { itemsOf } from "#backends/kube-objects.ts";
import type { Kubectl } from "#backends/kubectl.ts";
import { configMap, featuresMap } from "#knative/platform-config/platform-objects.ts";
import { type RunSettings, SettingsError } from "./settings.ts";

const connectTimeoutMs = 5000;

/**
 * Checks whether the tests can run: the namespace does not exist, and the gateways are reachable. Throws
 * SettingsError.
 */
export async function checkBefore(kubectl: Kubectl, settings: RunSettings): Promise<void> {
  const { namespace, gateway, internalGateway, keep } = settings;
  const args = ["get", "namespace", namespace, "--ignore-not-found", "-o", "name"];
  if (!keep && (await kubectl.read(args)).trim() !== "") {
    throw new SettingsError(
      `namespace ${namespace} exists, but these tests create and delete it: run shop undeploy, set KNATIVE_NAMESPACE, or use --keep to test the shop in it and keep it`,
    );
  }
  for (const address of [gateway, internalGateway]) {
    if (await isReachable(address)) continue;
    throw new SettingsError(
      `no gateway responds at ${address}: set KNATIVE_GATEWAY and KNATIVE_INTERNAL_GATEWAY to host:port of both`,
    );
  }
}

/**
 * The objects and settings of the namespace's shop that undeploy did not remove; `before` is the
 * state before the deploy.
 */
export async function findLeftovers(
  kubectl: Kubectl,
  namespace: string,
  before: PlatformState,
): Promise<string[]> {
  const args = ["get", "namespace", namespace, "--ignore-not-found", "-o", "name"];
  const left = (await kubectl.read(args)).trim();
  // Objects of the shop in other namespaces have a label with its namespace's name.
  const selector = `hipstershop.dev/namespace=${namespace}`;
  const outside = ["get", "roles,rolebindings", "-A", "-l", selector];
  const others = itemsOf(await kubectl.readJson(outside));
  const after = await readPlatformState(kubectl);
  return [
    ...(left === "" ? [] : [left]),
    ...others.map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ""}/${metadata.name}`),
    ...(after === before ? [] : [`Knative's settings, which were ${before} and are ${after}`]),
  ];
}

/** The keys of Knative's config maps that deploy may change, as JSON. */
export type PlatformState = string;

/** Reads the keys of Knative's config maps that deploy may change. */
export async function readPlatformState(kubectl: Kubectl): Promise<PlatformState> {
  const maps = await Promise.all(
    [configMap, featuresMap].map(async ({ name, namespace }) => {
      const { data = {} } = (await kubectl.readJson(["get", "cm", name, "-n", namespace])) as {
        data?: Record<string, string>;
      };
      const { _example, ...keys } = data;
      return [name, Object.fromEntries(Object.entries(keys).sort())] as const;
    }),
  );
  return JSON.stringify(Object.fromEntries(maps));
}

function isReachable(address: string): Promise<boolean> {
  const { hostname, port } = new URL(`http://${address}`);
  const socket = connect({ host: hostname, port: Number(port || 80) });
  return new Promise<boolean>((resolve) => {
    socket.setTimeout(connectTimeoutMs, () => resolve(false));
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
  }).finally(() => socket.destroy());
}
