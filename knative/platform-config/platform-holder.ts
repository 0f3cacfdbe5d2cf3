import { itemsOf, shopSelector } from "#backends/kube-objects.ts";
import { ifReadable, type Kubectl } from "#backends/kubectl.ts";
import { configMap, namespaceLabel, roleKinds } from "./platform-objects.ts";

/**
 * The namespace of another shop that Knative's own spans go to, if it is still there. Where nobody
 * could look for shops, it counts as being there.
 */
export function findHolder(
  keys: Readonly<Record<string, string>>,
  shops: readonly string[] | undefined,
  namespace: string,
): string | undefined {
  const holder = holderOf(keys);
  const isThere = holder !== undefined && (shops?.includes(holder) ?? true);
  return isThere && holder !== namespace ? holder : undefined;
}

/** The namespace whose Jaeger gets Knative's own spans, by the config map's keys. */
export function holderOf(keys: Readonly<Record<string, string>>): string | undefined {
  return /^http:\/\/jaeger\.([a-z0-9-]+)\.svc/.exec(keys["tracing-endpoint"] ?? "")?.[1];
}

/**
 * The namespaces with a shop. It has a Jaeger, even one without functions; the monolith
 * has none. Undefined if the user may not look into all namespaces.
 */
export async function findShops(kubectl: Kubectl): Promise<string[] | undefined> {
  const args = ["get", "services", "--all-namespaces", "-l", shopSelector];
  const found = await ifReadable(kubectl.readJson(args));
  if (found === undefined) return undefined;
  const jaegers = itemsOf(found).filter(({ metadata }) => metadata.name === "jaeger");
  return jaegers.map(({ metadata }) => metadata.namespace ?? "");
}

/** The namespaces whose shop was deployed with Knative's settings, by what that leaves beside them. */
export async function findConfigured(kubectl: Kubectl): Promise<string[]> {
  const args = ["get", roleKinds, "-n", configMap.namespace, "-l", namespaceLabel];
  const found = itemsOf(await ifReadable(kubectl.readJson(args)));
  return found.map(({ metadata }) => metadata.labels?.[namespaceLabel] ?? "");
}
