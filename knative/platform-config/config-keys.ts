import { type Kubectl, type KubectlResult, lastLineOf } from "#backends/kubectl.ts";
import { serverSideApply } from "../manifests/server-side-apply.ts";
import type { ConfigMapName } from "./platform-objects.ts";

/** One of Knative's config maps, with the keys that the shop sets. */
export interface ConfigKeys extends ConfigMapName {
  /** The keys and their values. */
  readonly data: Readonly<Record<string, string>>;
}

/** The result of setting keys. */
export interface AppliedKeys {
  /** Keys that another field manager has set to another value, and that manager. They are not changed. */
  readonly conflicts: ReadonlyMap<string, string>;
  /** Why no key was changed; undefined if keys were changed. */
  readonly refusal: string | undefined;
}

/**
 * Sets the keys by server-side apply, as field manager `shop` and without force: a key that another manager
 * has set to another value is left out, together with all keys with the same prefix (`tracing-...`),
 * because an endpoint needs its own protocol.
 *
 * @param dryRun whether the server only checks the change
 */
export async function applyKeys(
  kubectl: Kubectl,
  wanted: ConfigKeys,
  dryRun = false,
): Promise<AppliedKeys> {
  const result = await apply(kubectl, wanted, dryRun);
  const conflicts = findConflicts(result.exitCode === 0 ? "" : result.stderr);
  if (conflicts.size === 0) return { conflicts, refusal: refusalOf(result) };
  const data = withoutKinds(wanted.data, conflicts);
  const again = await apply(kubectl, { ...wanted, data }, dryRun);
  return { conflicts, refusal: refusalOf(again) };
}

/**
 * Removes the keys that `applyKeys` has set, except those that another manager has set too. Returns why the
 * cluster refused; undefined if it did not.
 */
export async function releaseKeys(
  kubectl: Kubectl,
  map: ConfigMapName,
): Promise<string | undefined> {
  // An apply without fields removes the fields that the manager owns alone.
  return refusalOf(await apply(kubectl, { ...map, data: {} }));
}

function refusalOf(result: KubectlResult): string | undefined {
  return result.exitCode === 0 ? undefined : lastLineOf(result);
}

/** The keys in conflict in kubectl's error, and their field managers. */
export function findConflicts(stderr: string): Map<string, string> {
  // A single conflict is in the line of its manager; several are listed in the lines below it.
  const conflicts = new Map<string, string>();
  let manager = "";
  for (const line of stderr.split("\n")) {
    manager = /conflicts? with "([^"]+)"/.exec(line)?.[1] ?? manager;
    const key = /\.data\.([\w.-]+)\s*$/.exec(line)?.[1];
    if (key !== undefined && manager !== "") conflicts.set(key, manager);
  }
  return conflicts;
}

/** The keys without those in conflict, and without others with the same prefix. */
export function withoutKinds(
  data: Readonly<Record<string, string>>,
  conflicts: ReadonlyMap<string, string>,
): Record<string, string> {
  const kindOf = (key: string) => key.split("-")[0];
  const kinds = new Set([...conflicts.keys()].map(kindOf));
  return Object.fromEntries(Object.entries(data).filter(([key]) => !kinds.has(kindOf(key))));
}

function apply(kubectl: Kubectl, { name, namespace, data }: ConfigKeys, dryRun = false) {
  const metadata = { name, namespace };
  // An empty map would be a field that the manager owns.
  const fields = Object.keys(data).length === 0 ? {} : { data };
  const object = { apiVersion: "v1", kind: "ConfigMap", metadata, ...fields };
  return serverSideApply(kubectl, [object], dryRun ? ["--dry-run=server"] : []);
}
