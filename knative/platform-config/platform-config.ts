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
 * Finds out what the shop in a namespace would change outside of it: the keys of Knative's config maps
 * that it needs, and Prometheus' right to list Knative's pods. A key that another manager has set stays
 * as it is, and so do the keys of another namespace's shop. Nothing is changed.
 */
export async function planPlatformConfig(
  kubectl: Kubectl,
  namespace: string,
): Promise<PlatformPlan> {
  const before = await readKeys(kubectl);
  if (before === undefined) {
    const kept = `${configMap.namespace} may not be read: Knative's own spans and metrics stay as they are`;
    return { keys: [], objects: [], kept: [kept] };
  }
  const rendered = await renderConfig(kubectl, namespace);
  const others = await findDifferent(kubectl, rendered, namespace);
  const holder = findHolder(before, await findShops(kubectl), namespace);
  if (holder !== undefined) {
    const kept = `Knative's own spans stay with the shop in namespace ${holder}, which was first`;
    return { keys: [], objects: others, kept: [kept] };
  }
  const wanted = dataOf(rendered);
  const tried = await applyKeys(kubectl, { ...configMap, data: wanted }, { dryRun: true });
  return {
    keys: findKeyChanges(before, withoutKinds(wanted, tried.conflicts)),
    objects: others,
    // This plan does not change them, so a missing permission to do so is not reported.
    kept: describeKeys(configMap, { ...tried, refusal: undefined }),
  };
}

/**
 * Does what is planned, and restarts what reads the config maps only at its start. Answers what the
 * user should know, line by line.
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
 * Takes back what `applyPlatformConfig` did for a namespace. The config maps' keys go to another
 * namespace's shop if there is one that was deployed with them. Answers what the user should know.
 */
export async function removePlatformConfig(kubectl: Kubectl, namespace: string): Promise<string[]> {
  const selector = `${namespaceLabel}=${namespace}`;
  const roles = ["delete", roleKinds, "-n", configMap.namespace, "-l", selector];
  // Who may not change Knative's namespace has put nothing there.
  await kubectl.run([...roles, "--ignore-not-found"]);
  const before = await readKeys(kubectl);
  if (before === undefined) return [];
  const shops = await findShops(kubectl);
  if (findHolder(before, shops, namespace) !== undefined) return [];
  const configured = await findConfigured(kubectl);
  const heir = shops?.find((each) => each !== namespace && configured.includes(each));
  if (heir !== undefined && holderOf(before) !== namespace) return [];
  if (heir !== undefined) {
    const plan = await planPlatformConfig(kubectl, heir);
    return [
      `Knative's own spans go to the shop in namespace ${heir} now`,
      ...(await applyPlatformConfig(kubectl, plan, heir)),
    ];
  }
  const refusal = await releaseKeys(kubectl, configMap);
  if (refusal !== undefined) return [`${configMap.name} stays as it is: ${refusal}`];
  const isChanged = !isDeepStrictEqual(before, await readKeys(kubectl));
  return isChanged ? restartReaders(kubectl) : [];
}

/** What the user should know about keys that were applied. */
export function describeKeys({ name, namespace }: ConfigMapName, applied: AppliedKeys): string[] {
  const { conflicts, refusal } = applied;
  const kept = [...conflicts].map(([key, manager]) => `${key} (set by ${manager})`).join(", ");
  const lost = "Knative's own spans or metrics may not reach the shop's Jaeger and Prometheus";
  const lines = kept === "" ? [] : [`${name} in ${namespace} keeps ${kept}: ${lost}`];
  if (refusal !== undefined) lines.push(`${name} in ${namespace} was not changed: ${refusal}`);
  return lines;
}

function dataOf(rendered: readonly KubeObject[]): Record<string, string> {
  const map = rendered.find(({ kind }) => kind === "ConfigMap") as
    | { data?: Record<string, string> }
    | undefined;
  return map?.data ?? {};
}

async function applyObject(kubectl: Kubectl, object: KubeObject): Promise<string[]> {
  const result = await serverSideApply(kubectl, [object], ["--force-conflicts"]);
  if (result.exitCode === 0) return [];
  const { kind, metadata } = object;
  return [
    `${kind} ${metadata.name} is not in ${metadata.namespace}, so Prometheus may not find Knative's pods: ${lastLineOf(result)}`,
  ];
}

// Of an object that is there, whatever the manifest says has to be the same.
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
  return map === undefined ? undefined : ((map as { data?: Record<string, string> }).data ?? {});
}

async function restartReaders(kubectl: Kubectl): Promise<string[]> {
  const inNamespace = ["-n", configMap.namespace];
  const restart = await kubectl.run(["rollout", "restart", ...inNamespace, ...readers]);
  if (restart.exitCode !== 0) {
    const why = lastLineOf(restart);
    return [`Knative's pods take their new settings only when they are restarted: ${why}`];
  }
  const wait = ["rollout", "status", ...inNamespace, "--timeout=120s"];
  for (const reader of readers) await kubectl.run([...wait, reader], { timeoutMs: 130_000 });
  return [];
}
