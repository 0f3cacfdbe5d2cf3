import { findCondition, isObserved, type KubeObject } from "#backends/kube-objects.ts";
import { resourceOf } from "../manifests/render-manifests.ts";
import { readServiceState, type ServiceState } from "./service-state.ts";

/** A deployed object that becomes ready. */
export interface WaitTarget {
  /** Its kind, such as `deployments.apps`. */
  readonly resource: string;
  /** The object's name. */
  readonly name: string;
}

/** Eventing's kind, in the form that no other API group can be mistaken for. */
export const triggers = "triggers.eventing.knative.dev";

/** The kinds that are waited for, functions first; the others are ready once they are there. */
export const awaitedResources = [
  "services.serving.knative.dev",
  "statefulsets.apps",
  "deployments.apps",
  "brokers.eventing.knative.dev",
  triggers,
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

/** Reads the state of an object of one of these kinds. */
export function readState(object: KubeObject): ServiceState {
  const resource = resourceOf(object);
  if (!resource.endsWith(".apps")) return readServiceState(object);
  const { metadata, spec, status } = object;
  const wanted = Number(spec?.replicas ?? 1);
  // While a change rolls out, the pods that are ready are still the old ones.
  const counts = [status?.updatedReplicas, status?.readyReplicas];
  const isReady = isObserved(object) && counts.every((count = 0) => count >= wanted);
  // Its pods are refused, by a quota for example; Available says only that there are none.
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
