import type { InstanceSighting } from "./instance-log.ts";

/** A pod, as far as it is read here. */
export interface Pod {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly resourceVersion: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly status?: {
    readonly phase?: string;
    readonly podIP?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly containerStatuses?: readonly {
      readonly name: string;
      readonly state?: { readonly running?: object };
    }[];
  };
}

/** The label that names the Knative Service which a pod is of. */
export const serviceLabel = "serving.knative.dev/service";

/**
 * What a pod tells at a moment. The times that Kubernetes writes into conditions are whole seconds,
 * so what counts is when a change was seen.
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
