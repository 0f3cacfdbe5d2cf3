import { join } from "node:path";
import { type AppliedKeys, applyKeys, releaseKeys } from "./config-keys.ts";
import { type Kubectl, KubectlError } from "./kubectl.ts";
import { itemsOf, type KubeObject, shopSelector } from "./objects.ts";
import { formatObjects, parseObjects, retarget } from "./render-manifests.ts";

/** The label of what the shop put outside of its namespace: which namespace that is. */
export const namespaceLabel = "hipstershop.dev/namespace";

const configFolder = join(import.meta.dirname, "..", "config");
const configMap = { name: "config-observability", namespace: "knative-serving" };
// They read config-observability when they start.
const readers = ["deployment/activator", "deployment/autoscaler", "deployment/controller"];

/**
 * Applies `knative/config`: the keys of Knative's config maps that the shop needs, and Prometheus'
 * right to list Knative's pods. A key that somebody else has set stays as it is, and so do the keys of
 * another namespace's shop. Answers what the user should know, line by line; a user who may not change
 * Knative's namespace gets a shop all the same.
 */
export async function applyPlatformConfig(kubectl: Kubectl, namespace: string): Promise<string[]> {
  const before = await readKeys(kubectl);
  if (before === undefined) {
    return ["knative-serving may not be read: Knative's own spans and metrics stay as they are"];
  }
  const holder = findHolder(before, await findShops(kubectl), namespace);
  const lines: string[] = [];
  for (const object of await renderConfig(kubectl, namespace)) {
    if (object.kind !== "ConfigMap") {
      lines.push(...(await applyObject(kubectl, object)));
    } else if (holder === undefined) {
      lines.push(...(await applyConfigMap(kubectl, object)));
    } else {
      lines.push(`Knative's own spans stay with the shop in namespace ${holder}, which was first`);
    }
  }
  return [...lines, ...(await restartReaders(kubectl, before))];
}

/**
 * Takes back what `applyPlatformConfig` did for a namespace. Where another namespace has a shop, it
 * gets the config maps' keys if they were this one's. Answers what the user should know.
 */
export async function removePlatformConfig(kubectl: Kubectl, namespace: string): Promise<string[]> {
  const selector = `${namespaceLabel}=${namespace}`;
  const roles = ["delete", "roles,rolebindings", "-n", configMap.namespace, "-l", selector];
  // Who may not change Knative's namespace has put nothing there.
  await kubectl.run([...roles, "--ignore-not-found"]);
  const before = await readKeys(kubectl);
  if (before === undefined) return [];
  const shops = await findShops(kubectl);
  if (findHolder(before, shops, namespace) !== undefined) return [];
  const heir = shops?.find((each) => each !== namespace);
  if (heir === undefined) {
    const refusal = await releaseKeys(kubectl, configMap);
    if (refusal !== undefined) return [`${configMap.name} stays as it is: ${refusal}`];
    return restartReaders(kubectl, before);
  }
  if (holderOf(before) !== namespace) return [];
  return [
    `Knative's own spans go to the shop in namespace ${heir} now`,
    ...(await applyPlatformConfig(kubectl, heir)),
  ];
}

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

function holderOf(keys: Readonly<Record<string, string>>): string | undefined {
  return /^http:\/\/jaeger\.([a-z0-9-]+)\.svc/.exec(keys["tracing-endpoint"] ?? "")?.[1];
}

/** What the user should know about keys that were applied. */
export function describeKeys(
  { name, namespace }: typeof configMap,
  applied: AppliedKeys,
): string[] {
  const { conflicts, refusal } = applied;
  const kept = [...conflicts].map(([key, manager]) => `${key} (set by ${manager})`).join(", ");
  const lost = "Knative's own spans or metrics may not reach the shop's Jaeger and Prometheus";
  const lines = kept === "" ? [] : [`${name} in ${namespace} keeps ${kept}: ${lost}`];
  if (refusal !== undefined) lines.push(`${name} in ${namespace} was not changed: ${refusal}`);
  return lines;
}

async function applyConfigMap(kubectl: Kubectl, object: KubeObject): Promise<string[]> {
  const { data } = object as { data?: Record<string, string> };
  const map = { name: object.metadata.name, namespace: object.metadata.namespace ?? "" };
  return describeKeys(map, await applyKeys(kubectl, { ...map, data: data ?? {} }));
}

async function applyObject(kubectl: Kubectl, object: KubeObject): Promise<string[]> {
  const args = ["apply", "--server-side", "--field-manager=shop", "--force-conflicts", "-f", "-"];
  const { exitCode, stderr } = await kubectl.run(args, { input: formatObjects([object]) });
  if (exitCode === 0) return [];
  const { kind, metadata } = object;
  const said = stderr.trim().split("\n").at(-1) ?? "";
  return [
    `${kind} ${metadata.name} is not in ${metadata.namespace}, so Prometheus may not find Knative's pods: ${said}`,
  ];
}

async function renderConfig(kubectl: Kubectl, namespace: string): Promise<KubeObject[]> {
  const written = parseObjects(await kubectl.read(["kustomize", configFolder]));
  return retarget(written, { namespace, images: {} }).map((object) =>
    object.kind === "ConfigMap" ? object : markForNamespace(object, namespace),
  );
}

/** Gives an object outside of the shop's namespace a name and a label that tell whose it is. */
export function markForNamespace(object: KubeObject, namespace: string): KubeObject {
  const copy = structuredClone(object) as KubeObject & { roleRef?: { name: string } };
  copy.metadata.name += `-${namespace}`;
  copy.metadata.labels = { ...copy.metadata.labels, [namespaceLabel]: namespace };
  // A binding here is always to a role of the same kind of name.
  if (copy.roleRef !== undefined) copy.roleRef.name += `-${namespace}`;
  return copy;
}

async function readKeys(kubectl: Kubectl): Promise<Record<string, string> | undefined> {
  try {
    const map = await kubectl.readJson(["get", "cm", configMap.name, "-n", configMap.namespace]);
    return (map as { data?: Record<string, string> } | undefined)?.data ?? {};
  } catch (error) {
    if (error instanceof KubectlError) return undefined;
    throw error;
  }
}

// A shop has a Jaeger, even one without functions; the whole shop as one function has none. Undefined
// where the user may not look into all namespaces.
async function findShops(kubectl: Kubectl): Promise<string[] | undefined> {
  const args = ["get", "services", "--all-namespaces", "-l", shopSelector, "-o", "json"];
  const { exitCode, stdout } = await kubectl.run(args);
  if (exitCode !== 0) return undefined;
  const jaegers = itemsOf(JSON.parse(stdout)).filter(({ metadata }) => metadata.name === "jaeger");
  return jaegers.map(({ metadata }) => metadata.namespace ?? "");
}

async function restartReaders(
  kubectl: Kubectl,
  before: Readonly<Record<string, string>>,
): Promise<string[]> {
  const after = await readKeys(kubectl);
  const keys = Object.keys({ ...before, ...after });
  if (after === undefined || keys.every((key) => before[key] === after[key])) return [];
  const inNamespace = ["-n", configMap.namespace];
  const restart = await kubectl.run(["rollout", "restart", ...inNamespace, ...readers]);
  if (restart.exitCode !== 0) {
    const said = restart.stderr.trim().split("\n").at(-1);
    return [`Knative's pods take their new settings only when they are restarted: ${said}`];
  }
  const wait = ["rollout", "status", ...inNamespace, "--timeout=120s"];
  for (const reader of readers) await kubectl.run([...wait, reader], { timeoutMs: 130_000 });
  return [];
}
