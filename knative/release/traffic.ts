import type { TrafficTarget } from "#backends/kube-objects.ts";

/** The tag of the revision that serves. */
export const stableTag = "stable";

/** The tag of the one that served before it. */
export const previousTag = "previous";

/** The tag of a new revision that was given none. */
export const candidateTag = "candidate";

/** The revision that serves, or most of what is served. */
export function findStable(traffic: readonly TrafficTarget[]): TrafficTarget | undefined {
  const largest = traffic.toSorted((a, b) => (b.percent ?? 0) - (a.percent ?? 0))[0];
  return traffic.find(({ tag }) => tag === stableTag) ?? largest;
}

/** The revision that is being released beside it. */
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

/** The shares as they are, but by the revisions' names, so that a newer revision takes none. */
export function pinTraffic(traffic: readonly TrafficTarget[]): TrafficTarget[] {
  const stable = findStable(traffic);
  return traffic.map((line) => {
    const { revisionName, percent = 0, tag = line === stable ? stableTag : undefined } = line;
    return { ...(revisionName && { revisionName }), percent, ...(tag && { tag }) };
  });
}

/** A share of the requests to a candidate: by its name, or the newest that will be ready. */
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

/** The candidate serves; the previous revision is kept for a rollback. */
export function promote(stable: string, candidate: string): TrafficTarget[] {
  return [
    { revisionName: candidate, percent: 100, tag: stableTag },
    { revisionName: stable, percent: 0, tag: previousTag },
  ];
}

/**
 * Takes the requests away from a candidate; without one, gives them back to the revision before, and
 * what was promoted is a candidate with 0 % again: only `promote` gives it requests another time.
 * Undefined if no candidate has requests and no revision before is known.
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
