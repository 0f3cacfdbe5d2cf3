import { type Kubectl, type KubectlResult, lastLineOf } from "#backends/kubectl.ts";
import { serverSideApply } from "../manifests/server-side-apply.ts";

/** A config map of Knative's, with the keys that the shop wants in it. */
export interface ConfigKeys {
  /** The config map's name. */
  readonly name: string;
  /** Its namespace. */
  readonly namespace: string;
  /** The wanted keys and their values. */
  readonly data: Readonly<Record<string, string>>;
}

/** What became of the keys. */
export interface AppliedKeys {
  /** Keys that another manager has set to another value, which are kept, and that manager. */
  readonly conflicts: ReadonlyMap<string, string>;
  /** Why nothing at all was changed; undefined where it was. */
  readonly refusal: string | undefined;
}

/** How keys are set. */
export interface ApplyOptions {
  /** Lets the server check everything and keep nothing. */
  readonly dryRun?: boolean;
}

/**
 * Sets the keys on the server's side, as field manager `shop` and without force: a key that belongs to
 * another manager with another value is left out, together with all of its kind (`tracing-...`), because
 * one's endpoint with another's protocol would be useless.
 */
export async function applyKeys(
  kubectl: Kubectl,
  wanted: ConfigKeys,
  options: ApplyOptions = {},
): Promise<AppliedKeys> {
  const result = await apply(kubectl, wanted, options);
  const conflicts = findConflicts(result.exitCode === 0 ? "" : result.stderr);
  if (conflicts.size === 0) return { conflicts, refusal: refusalOf(result) };
  const data = withoutKinds(wanted.data, conflicts);
  const again = await apply(kubectl, { ...wanted, data }, options);
  return { conflicts, refusal: refusalOf(again) };
}

/**
 * Releases all keys that `applyKeys` set; those that another manager has set as well are kept.
 * Answers why the cluster refused, undefined where it did not.
 */
export async function releaseKeys(
  kubectl: Kubectl,
  map: Pick<ConfigKeys, "name" | "namespace">,
): Promise<string | undefined> {
  // A manager that applies nothing gives back what it has applied before.
  return refusalOf(await apply(kubectl, { ...map, data: {} }));
}

function refusalOf(result: KubectlResult): string | undefined {
  return result.exitCode === 0 ? undefined : lastLineOf(result);
}

/** The keys that kubectl's refusal names, and whose they are. */
export function findConflicts(stderr: string): Map<string, string> {
  // kubectl prints a single conflict on its manager's line, and several of one manager as a list below it.
  const conflicts = new Map<string, string>();
  let manager = "";
  for (const line of stderr.split("\n")) {
    manager = /conflicts? with "([^"]+)"/.exec(line)?.[1] ?? manager;
    const key = /\.data\.([\w.-]+)\s*$/.exec(line)?.[1];
    if (key !== undefined && manager !== "") conflicts.set(key, manager);
  }
  return conflicts;
}

/** The keys without those in conflict, and without the others that begin with the same word. */
export function withoutKinds(
  data: Readonly<Record<string, string>>,
  conflicts: ReadonlyMap<string, string>,
): Record<string, string> {
  const kindOf = (key: string) => key.split("-")[0];
  const kinds = new Set([...conflicts.keys()].map(kindOf));
  return Object.fromEntries(Object.entries(data).filter(([key]) => !kinds.has(kindOf(key))));
}

function apply(
  kubectl: Kubectl,
  { name, namespace, data }: ConfigKeys,
  { dryRun = false }: ApplyOptions = {},
) {
  const metadata = { name, namespace };
  // An empty data would be a field of its own, and ours.
  const fields = Object.keys(data).length === 0 ? {} : { data };
  const object = { apiVersion: "v1", kind: "ConfigMap", metadata, ...fields };
  return serverSideApply(kubectl, [object], dryRun ? ["--dry-run=server"] : []);
}
