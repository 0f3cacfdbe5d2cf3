import { findCondition, type KubeObject } from "./objects.ts";
import { resourceOf } from "./render-manifests.ts";
import { readServiceState, type ServiceState } from "./service-state.ts";

/** Something that is deployed and gets ready. */
export interface WaitTarget {
  /** Its kind, such as `deployments.apps`. */
  readonly resource: string;
  readonly name: string;
}

/** The kinds that are waited for, functions first; the others are ready once they are there. */
export const awaitedResources = [
  "services.serving.knative.dev",
  "statefulsets.apps",
  "deployments.apps",
  "brokers.eventing.knative.dev",
  "triggers.eventing.knative.dev",
] as const;

/** What of the objects has to get ready, functions first, by name. */
export function findWaitTargets(objects: readonly KubeObject[]): WaitTarget[] {
  return awaitedResources.flatMap((resource) =>
    objects
      .filter((object) => resourceOf(object) === resource)
      .map(({ metadata }) => ({ resource, name: metadata.name }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
  );
}

/** Where an object of one of these kinds stands. */
export function readState(object: KubeObject): ServiceState {
  const resource = resourceOf(object);
  if (!resource.endsWith(".apps")) return readServiceState(object);
  const { metadata, spec, status } = object;
  const wanted = Number(spec?.replicas ?? 1);
  const isCurrent = status?.observedGeneration === metadata.generation;
  const isReady = isCurrent && (status?.readyReplicas ?? 0) >= wanted;
  const available = findCondition(object, "Available");
  return {
    name: metadata.name,
    phase: isReady ? "ready" : "waiting",
    revision: undefined,
    reason: isReady ? "Ready" : (available?.reason ?? "PodsNotReady"),
    message: isReady ? "" : (available?.message ?? ""),
    url: undefined,
  };
}
