import type { TrafficTarget } from "#backends/kube-objects.ts";
import { formatTable } from "#measure/text-table.ts";

/** The tag of the stable revision. */
export const stableTag = "stable";

/** The tag of the previous stable revision. */
export const previousTag = "previous";

/** The default tag of a new revision. */
export const candidateTag = "candidate";

/** The revision with the stable tag, or else the one with the largest share. */
export function findStable(traffic: readonly TrafficTarget[]): TrafficTarget | undefined {
  const largest = traffic.toSorted((a, b) => (b.percent ?? 0) - (a.percent ?? 0))[0];
  return traffic.find(({ tag }) => tag === stableTag) ?? largest;
}

/** The revision that is being released; undefined if there is none. */
export function findCandidate(traffic: readonly TrafficTarget[]): TrafficTarget | undefined {
  const stable = findStable(traffic);
  return traffic.find(
    ({ tag, revisionName }) =>
      tag !== undefined &&
      tag !== stableTag &&
      tag !== previousTag &&
      revisionName !== stable?.revisionName,
  );
}

/** The current shares by the revisions' names, so that a newer revision gets none. */
export function pinTraffic(traffic: readonly TrafficTarget[]): TrafficTarget[] {
  const stable = findStable(traffic);
  return traffic.map((line) => {
    const { revisionName, percent = 0, tag = line === stable ? stableTag : undefined } = line;
    return { ...(revisionName && { revisionName }), percent, ...(tag && { tag }) };
  });
}

/** A share for a candidate: by its name, or for the newest revision once it is ready. */
export function splitTraffic(
  stable: string,
  candidate: string | undefined,
  { tag, percent }: { tag: string; percent: number },
): TrafficTarget[] {
  const released = candidate === undefined ? { latestRevision: true } : { revisionName: candidate };
  return [
    { revisionName: stable, percent: 100 - percent, tag: stableTag },
    { ...released, percent, tag },
  ];
}

/** All requests for the candidate; the stable revision keeps a tag, so that it can be rolled back to. */
export function promote(stable: string, candidate: string): TrafficTarget[] {
  return [
    { revisionName: candidate, percent: 100, tag: stableTag },
    { revisionName: stable, percent: 0, tag: previousTag },
  ];
}

/**
 * No requests for a candidate. Without a candidate all requests for the previous revision, and the
 * promoted one becomes a candidate with 0 %, which gets requests again only by `promote`. Undefined if no
 * candidate has requests and there is no previous revision.
 */
export function rollBack(traffic: readonly TrafficTarget[]): TrafficTarget[] | undefined {
  const stable = findStable(traffic)?.revisionName;
  if (stable === undefined) return undefined;
  const candidate = findCandidate(traffic);
  if (candidate?.revisionName !== undefined && candidate.tag !== undefined) {
    if ((candidate.percent ?? 0) === 0) return undefined;
    return splitTraffic(stable, candidate.revisionName, { tag: candidate.tag, percent: 0 });
  }
  const previous = traffic.find(({ tag }) => tag === previousTag)?.revisionName;
  if (previous === undefined) return undefined;
  return splitTraffic(previous, stable, { tag: candidateTag, percent: 0 });
}

/**
 * The traffic targets as a table.
 *
 * @param readiness `yes`, or the reason why not, by revision; a revision that is missing was deleted
 */
export function formatTraffic(
  traffic: readonly TrafficTarget[],
  readiness: ReadonlyMap<string, string>,
): string {
  const rows = traffic.map(({ revisionName = "-", tag = "-", percent = 0, url = "-" }) => [
    revisionName,
    tag,
    `${percent} %`,
    readiness.get(revisionName) ?? "deleted",
    url,
  ]);
  const head = ["REVISION", "TAG", "SHARE", "READY", "URL OF THE TAG"];
  return formatTable([head, ...rows], "all").join("\n");
}
