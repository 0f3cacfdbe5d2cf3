/** A Kubernetes object: the fields that the tools read. */
export interface KubeObject {
  /** Group and version, such as `serving.knative.dev/v1`; `v1` if missing. */
  apiVersion?: string;
  /** Such as `Service`. */
  kind: string;
  /** Name, namespace, labels and the like. */
  metadata: ObjectMeta;
  /** The desired state. */
  spec?: Record<string, unknown>;
  /** The entries of a config map. */
  data?: Record<string, string>;
  /** The observed state. */
  status?: ObjectStatus;
}

/** An object's metadata: the fields that the tools read. */
export interface ObjectMeta {
  /** Unique among the objects of one kind in a namespace. */
  name: string;
  /** Missing for cluster-scoped kinds, and in manifests. */
  namespace?: string;
  /** Incremented with each change of the spec. */
  generation?: number;
  /** When the API server created it, in RFC 3339. */
  creationTimestamp?: string;
  /** When its deletion was requested, in RFC 3339; undefined before. */
  deletionTimestamp?: string;
  /** Labels, which selectors match. */
  labels?: Record<string, string>;
  /** Annotations, which tools and controllers record. */
  annotations?: Record<string, string>;
  /** The objects whose deletion deletes this one. */
  ownerReferences?: readonly unknown[];
}

/** The status of Knative's kinds, workloads and pods: the fields that the tools read. */
export interface ObjectStatus {
  /** The generation of the spec that the controller has processed. */
  observedGeneration?: number;
  /** One for each type, such as Ready. */
  conditions?: readonly Condition[];
  /** A Service's newest revision, ready or not. */
  latestCreatedRevisionName?: string;
  /** A Service's newest revision that has been ready. */
  latestReadyRevisionName?: string;
  /** How a Service's requests are split, as its Route has applied it. */
  traffic?: readonly TrafficTarget[];
  /** A Service's address. */
  url?: string;
  /** Where a Broker receives events, and the audience of the tokens that it requires; none without. */
  address?: { readonly audience?: string };
  /** Pods of a workload that are ready. */
  readyReplicas?: number;
  /** Pods of a workload's latest template. */
  updatedReplicas?: number;
  /** Pods of a Deployment that have been ready for `minReadySeconds`. */
  availableReplicas?: number;
  /** The Jobs of a CronJob that run. */
  active?: readonly unknown[];
  /** When a CronJob last started a Job, in RFC 3339. */
  lastScheduleTime?: string;
  /** When the last successful Job of a CronJob ended, in RFC 3339. */
  lastSuccessfulTime?: string;
  /** The containers of a pod. */
  containerStatuses?: readonly ContainerStatus[];
}

/** The status of a container in a pod. */
export interface ContainerStatus {
  /** The container's name in the pod. */
  readonly name: string;
  /** Whether it passes its readiness probe. */
  readonly ready?: boolean;
  /** The number of restarts. */
  readonly restartCount?: number;
  /** The state of the instance that was started last. */
  readonly state?: ContainerState;
  /** The state of the instance before the last restart. */
  readonly lastState?: ContainerState;
}

/** The state of a container's instance: one of three. */
export interface ContainerState {
  /** Why the instance has not started yet. */
  readonly waiting?: Pick<Partial<Condition>, "reason" | "message">;
  /** Set if the instance is running. */
  readonly running?: object;
  /** Why the instance ended. */
  readonly terminated?: Pick<Partial<Condition>, "reason" | "message"> & {
    /** The exit code of its process. */
    readonly exitCode?: number;
    /** When it ended, in RFC 3339. */
    readonly finishedAt?: string;
  };
}

/** A traffic target of a Knative Route: a revision, its share of the requests and its tag. */
export interface TrafficTarget {
  /** The revision's name; missing if `latestRevision` is set in a spec. */
  readonly revisionName?: string;
  /** Whether the target is the newest ready revision. */
  readonly latestRevision?: boolean;
  /** Percent of the requests; 0 if it is missing. */
  readonly percent?: number;
  /** The tag, which gives the revision an address of its own, `TAG-NAME`. */
  readonly tag?: string;
  /** The tag's address. */
  readonly url?: string;
}

/** A condition in Kubernetes' form. */
export interface Condition {
  /** Such as Ready. */
  type: string;
  /** Unknown until the controller has decided. */
  status: "True" | "False" | "Unknown";
  /** A machine-readable word, such as `ContainerMissing`. */
  reason?: string;
  /** A human-readable sentence. */
  message?: string;
}

/** The label of all objects of the shop. */
export const shopLabels = { "app.kubernetes.io/part-of": "hipster-shop" } as const;

/** `shopLabels` as a label selector. */
export const shopSelector = "app.kubernetes.io/part-of=hipster-shop";

/** The annotation whose change makes Knative reconcile an object again that has failed. */
export const retryAnnotation = "hipstershop.dev/retried-at";

/** Knative Services as a resource with its API group. */
export const knativeServices = "services.serving.knative.dev";

/** Knative revisions as a resource with its API group. */
export const knativeRevisions = "revisions.serving.knative.dev";

/** Eventing's Triggers as a resource with its API group. */
export const triggers = "triggers.eventing.knative.dev";

/** The items of a list that kubectl returned; none if the list is missing. */
export function itemsOf(list: unknown): KubeObject[] {
  const items = (list as { items?: KubeObject[] } | undefined)?.items;
  return Array.isArray(items) ? items : [];
}

/** The object's condition of a type. */
export function findCondition(object: KubeObject, type: string): Condition | undefined {
  return object.status?.conditions?.find((condition) => condition.type === type);
}

/** Whether the controller has processed the latest change of an object's spec. */
export function isObserved({ metadata, status }: KubeObject): boolean {
  return status?.observedGeneration === metadata.generation;
}

/** A condition's reason and message in one line, such as `ExitCode1: Container failed`. */
export function formatCondition({ reason = "Unknown", message = "" }: Partial<Condition>): string {
  return message === "" ? reason : `${reason}: ${message.trim().replace(/\s+/g, " ")}`;
}

/** The name of a function's own container in a Knative pod; the other one is queue-proxy. */
export const userContainer = "user-container";

/** The status of the function's own container in a Knative pod. */
export function findUserContainer({ status }: KubeObject): ContainerStatus | undefined {
  return status?.containerStatuses?.find(({ name }) => name === userContainer);
}

/** The Service that a Trigger sends events to; undefined if it is not a Service of a namespace. */
export function findSubscriber(trigger: KubeObject): SubscriberRef | undefined {
  return (trigger.spec as { subscriber?: { ref?: SubscriberRef } } | undefined)?.subscriber?.ref;
}

interface SubscriberRef {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}
