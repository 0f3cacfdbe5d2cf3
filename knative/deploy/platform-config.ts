import { join } from "node:path";
import { type Kubectl, KubectlError } from "./kubectl.ts";
import { itemsOf, type KubeObject, knativeServices, shopSelector } from "./objects.ts";
import { formatObjects, parseObjects, retarget } from "./render-manifests.ts";

/** The label of what the shop put outside of its namespace: which namespace that is. */
export const namespaceLabel = "hipstershop.dev/namespace";

const configFolder = join(import.meta.dirname, "..", "config");
const fieldManager = "shop";
const applyArgs = ["apply", "--server-side", `--field-manager=${fieldManager}`, "-f", "-"];
const configMapArgs = ["get", "cm", "config-observability", "-n", "knative-serving"];
// They read config-observability when they start.
const readers = ["deployment/activator", "deployment/autoscaler", "deployment/controller"];

/**
 * Applies `knative/config`: the keys of Knative's config maps that the shop needs, and Prometheus'
 * right to list Knative's pods. A key that somebody else has set stays as it is. Answers what the user
 * should know, line by line; a user who may not change Knative's namespace gets a shop all the same.
 */
export async function applyPlatformConfig(kubectl: Kubectl, namespace: string): Promise<string[]> {
  const objects = await renderConfig(kubectl, namespace);
  const before = await readKeys(kubectl);
  if (before === undefined) {
    return ["knative-serving may not be read: Knative's own spans and metrics stay as they are"];
  }
  const owner = namespaceOf(before["tracing-endpoint"]);
  const isTaken = owner !== undefined && owner !== namespace && (await hasShop(kubectl, owner));
  const lines: string[] = [];
  if (isTaken) {
    lines.push(`Knative's own spans stay with the shop in namespace ${owner}, which was first`);
  }
  for (const object of objects) {
    if (isTaken && object.kind === "ConfigMap") continue;
    const { exitCode, stderr } = await kubectl.run(applyArgs, { input: formatObjects([object]) });
    if (exitCode !== 0) lines.push(describeRefusal(object, stderr));
  }
  await restartReaders(kubectl, before, await readKeys(kubectl));
  return lines;
}

/**
 * Takes back what `applyPlatformConfig` did for a namespace; the config maps' keys only when no other
 * namespace has a shop. Rejects with KubectlError.
 */
export async function removePlatformConfig(kubectl: Kubectl, namespace: string): Promise<void> {
  const selector = `${namespaceLabel}=${namespace}`;
  const roles = ["delete", "roles,rolebindings", "-n", "knative-serving", "-l", selector];
  // Who may not change Knative's namespace has put nothing there.
  await kubectl.run([...roles, "--ignore-not-found"]);
  const before = await readKeys(kubectl);
  if (before === undefined || (await findShops(kubectl)).some((each) => each !== namespace)) return;
  const metadata = { name: "config-observability", namespace: "knative-serving" };
  // A manager that applies nothing gives back all that it has applied before.
  const input = JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata });
  await kubectl.run(applyArgs, { input });
  await restartReaders(kubectl, before, await readKeys(kubectl));
}

async function renderConfig(kubectl: Kubectl, namespace: string): Promise<KubeObject[]> {
  const written = parseObjects(await kubectl.read(["kustomize", configFolder]));
  return retarget(written, { namespace, images: {} }).map((object) => {
    if (object.kind === "ConfigMap") return object;
    const suffixed = JSON.stringify(object).replaceAll(
      '"hipster-shop-prometheus"',
      `"hipster-shop-prometheus-${namespace}"`,
    );
    const copy = JSON.parse(suffixed) as KubeObject;
    copy.metadata.labels = { ...copy.metadata.labels, [namespaceLabel]: namespace };
    return copy;
  });
}

async function readKeys(kubectl: Kubectl): Promise<Record<string, string> | undefined> {
  try {
    const map = await kubectl.readJson(configMapArgs);
    return (map as { data?: Record<string, string> } | undefined)?.data ?? {};
  } catch (error) {
    if (error instanceof KubectlError) return undefined;
    throw error;
  }
}

function namespaceOf(endpoint: string | undefined): string | undefined {
  return /^http:\/\/jaeger\.([a-z0-9-]+)\.svc/.exec(endpoint ?? "")?.[1];
}

async function hasShop(kubectl: Kubectl, namespace: string): Promise<boolean> {
  return (await findShops(kubectl)).includes(namespace);
}

async function findShops(kubectl: Kubectl): Promise<string[]> {
  const args = ["get", knativeServices, "--all-namespaces", "-l", shopSelector];
  const services = itemsOf(await kubectl.readJson(args));
  return [...new Set(services.map(({ metadata }) => metadata.namespace ?? ""))];
}

function describeRefusal({ kind, metadata }: KubeObject, stderr: string): string {
  const name = `${kind} ${metadata.name} in knative-serving`;
  const conflicts = [...stderr.matchAll(/conflict with "([^"]+)"[^\n]*?: \.data\.([\w-]+)/g)];
  if (conflicts.length > 0) {
    const keys = conflicts.map(([, manager, key]) => `${key} (set by ${manager})`).join(", ");
    return `${name} stays as it is, because of ${keys}: Knative's spans or metrics may go elsewhere`;
  }
  const said = stderr.trim().split("\n").at(-1) ?? "";
  return `${name} was not changed, so Knative's own spans or metrics may be missing: ${said}`;
}

async function restartReaders(
  kubectl: Kubectl,
  before: Record<string, string>,
  after: Record<string, string> | undefined,
): Promise<void> {
  const isSame = (key: string) => before[key] === after?.[key];
  const keys = Object.keys({ ...before, ...after });
  if (after === undefined || keys.every(isSame)) return;
  await kubectl.run(["rollout", "restart", "-n", "knative-serving", ...readers]);
  const wait = ["rollout", "status", "-n", "knative-serving", "--timeout=120s"];
  for (const reader of readers) await kubectl.run([...wait, reader], { timeoutMs: 130_000 });
}
