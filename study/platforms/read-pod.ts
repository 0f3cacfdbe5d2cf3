import type { InstanceSighting } from "./instance-log.ts";

/** A pod: the fields that the study reads. */
export interface Pod {
  /** The object's metadata. */
  readonly metadata: {
    /** Unique within the namespace. */
    readonly name: string;
    /** The pod's namespace. */
    readonly namespace: string;
    /** Where a watch continues. */
    readonly resourceVersion: string;
    /** Labels by name. */
    readonly labels?: Readonly<Record<string, string>>;
  };
  /** The observed state. */
  readonly status?: {
    /** Such as `Running`. */
    readonly phase?: string;
    /** Once it has an address. */
    readonly podIP?: string;
    /** PodScheduled, PodReadyToStartContainers, Ready. */
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
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
export function readPod({ metadata, status = {} }: Pod, seenAtMs: number): InstanceSighting {
  const isTrue = (type: string) =>
    status.conditions?.some((condition) => condition.type === type && condition.status === "True");
  const isRunning = status.containerStatuses?.some(
    ({ name, state }) => name === "user-container" && state?.running !== undefined,
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
