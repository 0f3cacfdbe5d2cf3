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

/** The objects that have a readiness, functions first, sorted by name. */
export function findWaitTargets(objects: readonly KubeObject[]): WaitTarget[] {
  return awaitedResources.flatMap((resource) =>
    objects
      .filter((object) => resourceOf(object) === resource)
      .map(({ metadata }) => ({ resource, name: metadata.name }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
  );
}

/** The state of an object of `awaitedResources`. */
export function readState(object: KubeObject): ServiceState {
  const resource = resourceOf(object);
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
