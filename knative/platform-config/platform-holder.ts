import { itemsOf, shopSelector } from "#backends/kube-objects.ts";
import { ifReadable, type Kubectl } from "#backends/kubectl.ts";
import { configMap, namespaceLabel, roleKinds } from "./platform-objects.ts";

/**
 * The namespace of another shop that receives Knative's own spans; undefined if that shop does not exist.
 *
 * @param shops the namespaces with a shop; undefined if unknown, and the other shop is assumed to exist
 */
export function findHolder(
  keys: Readonly<Record<string, string>>,
  shops: readonly string[] | undefined,
  namespace: string,
): string | undefined {
  const holder = holderOf(keys);
  const exists = holder !== undefined && (shops?.includes(holder) ?? true);
  return exists && holder !== namespace ? holder : undefined;
}

/** The namespace whose Jaeger receives Knative's own spans, by the config map's keys. */
export function holderOf(keys: Readonly<Record<string, string>>): string | undefined {
  return /^http:\/\/jaeger\.([a-z0-9-]+)\.svc/.exec(keys["tracing-endpoint"] ?? "")?.[1];
}

/**
 * The namespaces with a shop, which always has a Jaeger; the monolith alone has none. Undefined if the user
 * may not list Services in all namespaces.
 */
export async function findShops(kubectl: Kubectl): Promise<string[] | undefined> {
  const args = ["get", "services", "--all-namespaces", "-l", shopSelector];
  const found = await ifReadable(kubectl.readJson(args));
  if (found === undefined) return undefined;
  const jaegers = itemsOf(found).filter(({ metadata }) => metadata.name === "jaeger");
  return jaegers.map(({ metadata }) => metadata.namespace ?? "");
}

/** The namespaces whose shop was deployed with Knative's settings, by the Roles for them. */
export async function findConfigured(kubectl: Kubectl): Promise<string[]> {
  const args = ["get", roleKinds, "-n", configMap.namespace, "-l", namespaceLabel];
  const found = itemsOf(await ifReadable(kubectl.readJson(args)));
  return found.map(({ metadata }) => metadata.labels?.[namespaceLabel] ?? "");
}
