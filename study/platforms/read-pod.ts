import {
  findCondition,
  type KubeObject,
  type ObjectStatus,
  userContainer,
} from "#backends/kube-objects.ts";
import type { InstanceSighting } from "./instance-log.ts";

/** A pod: the fields that the study reads. Of the conditions: PodScheduled, PodReadyToStartContainers, Ready. */
export interface Pod extends KubeObject {
  /** The observed state. */
  status?: ObjectStatus & {
    /** Such as `Running`. */
    readonly phase?: string;
    /** Once it has an address. */
    readonly podIP?: string;
    /** One for each container. */
    readonly containerStatuses?: readonly {
      /** The container's name. */
      readonly name: string;
      /** Running, if that is set. */
      readonly state?: { readonly running?: object };
    }[];
  };
}

/** The label with the name of the pod's Knative Service. */
export const serviceLabel = "serving.knative.dev/service";

/**
 * The moments of a pod that are known now. The times that Kubernetes writes into conditions are whole
 * seconds, so the time of the observation counts.
 */
export function readPod(pod: Pod, seenAtMs: number): InstanceSighting {
  const { metadata, status = {} } = pod;
  const isTrue = (type: string) => findCondition(pod, type)?.status === "True";
  const isRunning = status.containerStatuses?.some(
    ({ name, state }) => name === userContainer && state?.running !== undefined,
  );
  return {
    function: metadata.labels?.[serviceLabel] ?? "",
    id: metadata.name,
    address: status.podIP ?? null,
    scheduledAtMs: isTrue("PodScheduled") ? seenAtMs : null,
    sandboxAtMs: isTrue("PodReadyToStartContainers") ? seenAtMs : null,
    startedAtMs: isRunning ? seenAtMs : null,
    readyAtMs: isTrue("Ready") ? seenAtMs : null,
  };
}
