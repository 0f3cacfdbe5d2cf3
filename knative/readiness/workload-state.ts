import {
  findCondition,
  isObserved,
  type KubeObject,
  knativeServices,
  triggers,
} from "#backends/kube-objects.ts";
import { resourceOf } from "../manifests/render-manifests.ts";
import { readServiceState, type ServiceState } from "./service-state.ts";

/** An object that has a readiness. */
export interface WaitTarget {
  /** Its resource with the API group, such as `deployments.apps`. */
  readonly resource: string;
  /** The object's name. */
  readonly name: string;
}

/** The resources that have a readiness, functions first. */
export const awaitedResources = [
  knativeServices,
  "statefulsets.apps",
  "deployments.apps",
  "brokers.eventing.knative.dev",
  triggers,
] as const;

/** CronJobs as a resource with its API group. No deploy waits for their next run; `readState` has the last. */
export const cronJobs = "cronjobs.batch";

/** The objects that have a readiness, functions first, sorted by name. */
export function findWaitTargets(objects: readonly KubeObject[]): WaitTarget[] {
  return awaitedResources.flatMap((resource) =>
    objects
      .filter((object) => resourceOf(object) === resource)
      .map(({ metadata }) => ({ resource, name: metadata.name }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
  );
}

/** The state of an object of `awaitedResources`, or of a CronJob. */
export function readState(object: KubeObject): ServiceState {
  const resource = resourceOf(object);
  if (resource === cronJobs) return readCronJobState(object);
  if (!resource.endsWith(".apps")) return readServiceState(object);
  const { metadata, spec, status } = object;
  const wanted = Number(spec?.replicas ?? 1);
  // During a rollout ready pods may belong to the previous template.
  const counts = [status?.updatedReplicas, status?.readyReplicas];
  const isReady = isObserved(object) && counts.every((count = 0) => count >= wanted);
  // ReplicaFailure names the cause, such as a quota; Available only reports that there are no pods.
  const refused = findCondition(object, "ReplicaFailure");
  const cause = refused ?? findCondition(object, "Available");
  return {
    name: metadata.name,
    phase: isReady ? "ready" : "waiting",
    revision: undefined,
    reason: isReady ? "Ready" : (cause?.reason ?? "PodsNotReady"),
    message: isReady ? "" : (cause?.message ?? ""),
    url: undefined,
  };
}

// A CronJob has no conditions. Its last run has failed if it has ended, and no run has succeeded since it
// started.
function readCronJobState({ metadata: { name }, spec, status }: KubeObject): ServiceState {
  const { active = [], lastScheduleTime = "", lastSuccessfulTime = "" } = status ?? {};
  // Times in RFC 3339 in UTC, which sort as texts.
  const hasFailed = active.length === 0 && lastSuccessfulTime < lastScheduleTime;
  const reason = spec?.suspend === true ? "Suspended" : hasFailed ? "LastRunFailed" : "Ready";
  return {
    name,
    phase: reason === "Ready" ? "ready" : "failed",
    revision: undefined,
    reason,
    message: reason === "LastRunFailed" ? `see kubectl logs -l app.kubernetes.io/name=${name}` : "",
    url: undefined,
  };
}
