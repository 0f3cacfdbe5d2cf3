import { isDeepStrictEqual } from "node:util";
import { itemsOf, type KubeObject } from "#backends/kube-objects.ts";
import { ifReadable, type Kubectl, lastLineOf } from "#backends/kubectl.ts";
import { serverSideApply } from "../manifests/server-side-apply.ts";
import { type AppliedKeys, applyKeys, releaseKeys, withoutKinds } from "./config-keys.ts";
import { findConfigured, findHolder, findShops, holderOf } from "./platform-holder.ts";
import {
  type ConfigMapName,
  configMap,
  namespaceLabel,
  readers,
  renderConfig,
  roleKinds,
} from "./platform-objects.ts";
import { findKeyChanges, type PlatformPlan } from "./platform-plan.ts";

/**
 * Plans the changes outside of the shop's namespace: the keys of Knative's config map, and Prometheus'
 * right to list Knative's pods. Keys that another user or another namespace's shop has set are kept.
 * Rejects with KubectlError.
 */
export async function planPlatformConfig(
  kubectl: Kubectl,
  namespace: string,
): Promise<PlatformPlan> {
  const before = await readKeys(kubectl);
  if (before === undefined) {
    const kept = `${configMap.namespace} may not be read: the settings for Knative's own spans and metrics are not changed`;
    return { keys: [], objects: [], kept: [kept] };
  }
  const rendered = await renderConfig(kubectl, namespace);
  const others = await findDifferent(kubectl, rendered, namespace);
  const holder = findHolder(before, await findShops(kubectl), namespace);
  if (holder !== undefined) {
    const kept = `Knative's own spans still go to the shop in namespace ${holder}, which was deployed first`;
    return { keys: [], objects: others, kept: [kept] };
  }
  const wanted = dataOf(rendered);
  const tried = await applyKeys(kubectl, { ...configMap, data: wanted }, true);
  return {
    keys: findKeyChanges(before, withoutKinds(wanted, tried.conflicts)),
    objects: others,
    // A missing right is not reported, because the plan changes nothing.
    kept: describeKeys(configMap, { ...tried, refusal: undefined }),
  };
}

/**
 * Applies the plan, and restarts the Deployments that read the config map only when they start. Returns
 * lines for the user.
 */
export async function applyPlatformConfig(
  kubectl: Kubectl,
  { keys, objects }: PlatformPlan,
  namespace: string,
): Promise<string[]> {
  const lines: string[] = [];
  for (const object of objects) lines.push(...(await applyObject(kubectl, object)));
  if (keys.length === 0) return lines;
  const wanted = dataOf(await renderConfig(kubectl, namespace));
  const applied = await applyKeys(kubectl, { ...configMap, data: wanted });
  if (applied.refusal !== undefined) return [...lines, ...describeKeys(configMap, applied)];
  return [...lines, ...(await restartReaders(kubectl))];
}

/**
 * Reverts `applyPlatformConfig` for a namespace. If another namespace's shop was deployed with Knative's
 * settings, the keys are set for that shop. Returns lines for the user.
 */
export async function removePlatformConfig(kubectl: Kubectl, namespace: string): Promise<string[]> {
  const selector = `${namespaceLabel}=${namespace}`;
  const roles = ["delete", roleKinds, "-n", configMap.namespace, "-l", selector];
  // A user without rights in Knative's namespace cannot have created objects in it.
  await kubectl.run([...roles, "--ignore-not-found"]);
  const before = await readKeys(kubectl);
  if (before === undefined) return [];
  const shops = await findShops(kubectl);
  if (findHolder(before, shops, namespace) !== undefined) return [];
  const configured = await findConfigured(kubectl);
  const successor = shops?.find((each) => each !== namespace && configured.includes(each));
  if (successor !== undefined && holderOf(before) !== namespace) return [];
  if (successor !== undefined) {
    const plan = await planPlatformConfig(kubectl, successor);
    return [
      `Knative's own spans now go to the shop in namespace ${successor}`,
      ...(await applyPlatformConfig(kubectl, plan, successor)),
    ];
  }
  const refusal = await releaseKeys(kubectl, configMap);
  if (refusal !== undefined) return [`${configMap.name} was not changed: ${refusal}`];
  const isChanged = !isDeepStrictEqual(before, await readKeys(kubectl));
  return isChanged ? restartReaders(kubectl) : [];
}

/** Lines for the user about keys that were kept or refused. */
export function describeKeys({ name, namespace }: ConfigMapName, applied: AppliedKeys): string[] {
  const { conflicts, refusal } = applied;
  const kept = [...conflicts].map(([key, manager]) => `${key} (set by ${manager})`).join(", ");
  const lost = "Knative's own spans or metrics may not reach the shop's Jaeger and Prometheus";
  const lines = kept === "" ? [] : [`${name} in ${namespace} keeps ${kept}: ${lost}`];
  if (refusal !== undefined) lines.push(`${name} in ${namespace} was not changed: ${refusal}`);
  return lines;
}

function dataOf(rendered: readonly KubeObject[]): Record<string, string> {
  return rendered.find(({ kind }) => kind === "ConfigMap")?.data ?? {};
}

async function applyObject(kubectl: Kubectl, object: KubeObject): Promise<string[]> {
  const result = await serverSideApply(kubectl, [object], ["--force-conflicts"]);
  if (result.exitCode === 0) return [];
  const { kind, metadata } = object;
  return [
    `${kind} ${metadata.name} is not in ${metadata.namespace}, so Prometheus may not find Knative's pods: ${lastLineOf(result)}`,
  ];
}

// An existing object is equal if it has the manifest's values; it may have other fields.
async function findDifferent(
  kubectl: Kubectl,
  rendered: readonly KubeObject[],
  namespace: string,
): Promise<KubeObject[]> {
  const selector = `${namespaceLabel}=${namespace}`;
  const args = ["get", roleKinds, "-n", configMap.namespace, "-l", selector];
  const present = itemsOf(await ifReadable(kubectl.readJson(args)));
  return rendered.filter((object) => {
    if (object.kind === "ConfigMap") return false;
    const { kind, metadata, apiVersion: _, ...body } = object;
    const found = present.find(
      (each) => each.kind === kind && each.metadata.name === metadata.name,
    ) as Record<string, unknown> | undefined;
    return !Object.entries(body).every(([key, value]) => isDeepStrictEqual(found?.[key], value));
  });
}

async function readKeys(kubectl: Kubectl): Promise<Record<string, string> | undefined> {
  const args = ["get", "cm", configMap.name, "-n", configMap.namespace];
  const map = await ifReadable(kubectl.readJson(args));
  return map === undefined ? undefined : ((map as KubeObject).data ?? {});
}

async function restartReaders(kubectl: Kubectl): Promise<string[]> {
  const inNamespace = ["-n", configMap.namespace];
  const restart = await kubectl.run(["rollout", "restart", ...inNamespace, ...readers]);
  if (restart.exitCode !== 0) {
    const why = lastLineOf(restart);
    return [`Knative's pods use the new settings only after a restart, which failed: ${why}`];
  }
  const wait = ["rollout", "status", ...inNamespace, "--timeout=120s"];
  for (const reader of readers) await kubectl.run([...wait, reader], { timeoutMs: 130_000 });
  return [];
}
