import { findCondition, formatCondition, type KubeObject } from "#backends/kube-objects.ts";
import { findPodCause } from "../readiness/explain-failure.ts";
import { readServiceState, type ServiceState } from "../readiness/service-state.ts";
import { readState } from "../readiness/workload-state.ts";
import { findRestarts, type Restarts } from "./find-restarts.ts";
import type { ColdStart } from "./last-cold-start.ts";

/** A traffic target of a function: a revision and its share of the requests. */
export interface TrafficRow {
  /** The revision's name. */
  readonly revision: string;
  /** The tag, which gives the revision an address of its own; null if it has none. */
  readonly tag: string | null;
  /** Percent of the function's requests. */
  readonly percent: number;
  /** Whether the revision is ready; one that is scaled to zero is, unless its next pod cannot run. */
  readonly ready: boolean;
  /** The reason and message of Knative's condition, or why its pods do not run; null if it is ready. */
  readonly reason: string | null;
  /** Ready pods of the revision; 0 if it is scaled to zero. */
  readonly replicas: number;
  /** The restarts of its pods' containers; null if there were none. */
  readonly restarts: Restarts | null;
}

/** The newest revision of a function if no requests are routed to it. */
export interface NewestRevision {
  /** The revision's name. */
  readonly revision: string;
  /** Whether it is ready. */
  readonly ready: boolean;
  /** Why no requests are routed to it. */
  readonly reason: string;
}

/** A function in the output of `shop status`. */
export interface StatusRow {
  /** The function's name. */
  readonly name: string;
  /** Whether the Service is ready: its newest revision, its Route and the revisions with requests. */
  readonly ready: boolean;
  /** The reason and message of Knative's condition; null if it is ready. */
  readonly reason: string | null;
  /** Its address; null before it has one. */
  readonly url: string | null;
  /** The last cold start that delayed a request; null if none is known. */
  readonly lastColdStart: ColdStart | null;
  /** The traffic targets; empty before the first revision is ready. */
  readonly traffic: readonly TrafficRow[];
  /** The newest revision if no requests are routed to it; null if it serves, or if there is none. */
  readonly newest: NewestRevision | null;
}

/** A dependency of the functions in the output of `shop status`. */
export interface OtherRow {
  /** Such as `StatefulSet redis`. */
  readonly name: string;
  /** Whether it is ready. */
  readonly ready: boolean;
  /** Why it is not ready; null if it is ready. */
  readonly reason: string | null;
}

/** The objects that the rows describe. */
export interface StatusObjects {
  /** The Knative Services of the shop. */
  readonly services: readonly KubeObject[];
  /** Their revisions; may contain others. */
  readonly revisions: readonly KubeObject[];
  /** The revisions' Deployments. */
  readonly deployments: readonly KubeObject[];
  /** The revisions' pods. */
  readonly pods?: readonly KubeObject[];
  /** The known last cold starts, by function. */
  readonly coldStarts?: ReadonlyMap<string, ColdStart>;
}

/** Creates a row for each Service, sorted by name. */
export function createStatusRows(objects: StatusObjects): StatusRow[] {
  const rows = objects.services.map((service) => {
    const state = readServiceState(service);
    const { name, phase, url, revision } = state;
    const traffic = readTraffic(service, objects);
    return {
      name,
      ready: phase === "ready" && traffic.every((target) => target.ready || target.percent === 0),
      reason: findReason(state),
      url: url ?? null,
      lastColdStart: objects.coldStarts?.get(name) ?? null,
      traffic,
      newest: findNewest(name, revision, traffic, objects),
    };
  });
  return rows.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Creates a row for each Deployment, StatefulSet, Broker, Trigger and CronJob. */
export function createOtherRows(objects: readonly KubeObject[]): OtherRow[] {
  return objects.map((object) => {
    const state = readState(object);
    const name = `${object.kind} ${object.metadata.name}`;
    return { name, ready: state.phase === "ready", reason: findReason(state) };
  });
}

function findReason(state: ServiceState): string | null {
  return state.phase === "ready" ? null : formatCondition(state);
}

function readTraffic(service: KubeObject, objects: StatusObjects): TrafficRow[] {
  return (service.status?.traffic ?? []).map(({ revisionName = "", tag, percent = 0 }) => {
    const replicas = countReplicas(revisionName, objects);
    const pods = listPods(revisionName, objects);
    // Knative does not report that the pods of a revision that was ready before cannot run.
    const cause = replicas === 0 ? findPodCause(pods) : undefined;
    const problem = findProblem(revisionName, objects) ?? (cause && formatCondition(cause));
    return {
      revision: revisionName,
      tag: tag ?? null,
      percent,
      ready: problem === undefined,
      reason: problem ?? null,
      replicas,
      restarts: findRestarts(pods),
    };
  });
}

// Without those that are being deleted, whose containers end.
function listPods(revision: string, { pods = [] }: StatusObjects): KubeObject[] {
  return pods.filter(
    ({ metadata: { labels, deletionTimestamp } }) =>
      labels?.["serving.knative.dev/revision"] === revision && deletionTimestamp === undefined,
  );
}

function findNewest(
  name: string,
  revision: string | undefined,
  traffic: readonly TrafficRow[],
  objects: StatusObjects,
): NewestRevision | null {
  const serves = traffic.some((target) => target.revision === revision && target.percent > 0);
  if (revision === undefined || serves) return null;
  const problem = findProblem(revision, objects);
  const split = `ready, but the requests go to other revisions: run shop release ${name}`;
  return { revision, ready: problem === undefined, reason: problem ?? split };
}

// Why a revision is not ready, from its Ready condition or its pods; undefined if it is ready.
function findProblem(name: string, objects: StatusObjects): string | undefined {
  const revision = objects.revisions.find(({ metadata }) => metadata.name === name);
  if (revision === undefined) return "the revision was deleted";
  const ready = findCondition(revision, "Ready");
  if (ready?.status === "True") return undefined;
  // Knative reports containers that keep crashing only after minutes, and "Deploying" until then.
  const cause = ready?.status === "False" ? undefined : findPodCause(listPods(name, objects));
  return formatCondition(cause ?? ready ?? {});
}

function countReplicas(revision: string, { deployments }: StatusObjects): number {
  const deployment = deployments.find(
    ({ metadata }) => metadata.labels?.["serving.knative.dev/revision"] === revision,
  );
  return deployment?.status?.readyReplicas ?? 0;
}
