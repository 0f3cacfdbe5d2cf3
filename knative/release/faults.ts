import {
  itemsOf,
  type KubeObject,
  knativeRevisions,
  knativeServices,
} from "#backends/kube-objects.ts";
import type { Kubectl } from "#backends/kubectl.ts";
import { ConfigError } from "#runtime/environment.ts";
import { promoteCandidate, startRelease } from "./release.ts";
import { type ReleaseTarget, readService } from "./release-target.ts";
import { candidateTag } from "./traffic.ts";

const variable = "SHOP_FAULTS";

/** The faults of a revision. */
export interface RevisionFaults {
  /** The function. */
  readonly name: string;
  /** The revision. */
  readonly revision: string;
  /** Its share of the function's requests in percent. */
  readonly percent: number;
  /** The rules in the form of SHOP_FAULTS. */
  readonly rules: string;
}

/**
 * Creates a revision with the faults, which gets all requests as the candidate of a release: a rollback
 * returns to the revision without them. Returns false if it does not become ready.
 */
export function setFaults(target: ReleaseTarget, rules: string): Promise<boolean> {
  const share = { tag: candidateTag, percent: 100 };
  return startRelease(target, { env: { [variable]: rules } }, share);
}

/**
 * Creates a revision without faults, and promotes it. Returns false if it does not become ready. Rejects
 * with ConfigError if the function does not exist or its newest revision has no faults.
 */
export async function clearFaults(target: ReleaseTarget): Promise<boolean> {
  const service = await readService(target);
  const { template } = service.spec as { template: { spec: PodSpec } };
  if (readFaults(template.spec) === undefined) {
    throw new ConfigError([`${target.name} has no faults: shop fault list prints all`]);
  }
  const share = { tag: candidateTag, percent: 100 };
  const isReady = await startRelease(target, { env: { [variable]: undefined } }, share);
  if (isReady) await promoteCandidate(target);
  return isReady;
}

/** The revisions with faults that get requests or are the newest of their function. */
export async function listFaults(
  kubectl: Kubectl,
  namespace: string,
): Promise<readonly RevisionFaults[]> {
  const read = (kind: string) => kubectl.readJson(["get", kind, "-n", namespace]);
  const [services, revisions] = await Promise.all([read(knativeServices), read(knativeRevisions)]);
  return findFaults(itemsOf(services), itemsOf(revisions));
}

/** The faults in a namespace's Services and revisions; see `listFaults`. */
export function findFaults(
  services: readonly KubeObject[],
  revisions: readonly KubeObject[],
): readonly RevisionFaults[] {
  const rulesOf = new Map(
    revisions.map(({ metadata, spec }) => [metadata.name, readFaults(spec as unknown as PodSpec)]),
  );
  return services.flatMap(({ metadata: { name }, status }) => {
    const shares = new Map([[status?.latestCreatedRevisionName, 0]]);
    for (const { revisionName, percent = 0 } of status?.traffic ?? []) {
      shares.set(revisionName, (shares.get(revisionName) ?? 0) + percent);
    }
    return [...shares].flatMap(([revision = "", percent]) => {
      const rules = rulesOf.get(revision);
      return rules === undefined ? [] : [{ name, revision, percent, rules }];
    });
  });
}

interface PodSpec {
  readonly containers: readonly { readonly env?: readonly { name: string; value?: string }[] }[];
}

function readFaults({ containers: [first] }: PodSpec): string | undefined {
  return first?.env?.find(({ name }) => name === variable)?.value;
}
