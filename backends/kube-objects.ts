/** A Kubernetes object, as far as this folder reads it; what may be missing is optional. */
export interface KubeObject {
  /** Group and version, such as `serving.knative.dev/v1`; `v1` if missing. */
  apiVersion?: string;
  /** Such as `Service`. */
  kind: string;
  /** Name, namespace, labels and the like. */
  metadata: ObjectMeta;
  /** The wanted state; other fields for some kinds, such as `data`. */
  spec?: Record<string, unknown>;
  /** The observed state. */
  status?: ObjectStatus;
}

/** The part of an object's metadata that is read here. */
export interface ObjectMeta {
  /** Unique for the kind in its namespace. */
  name: string;
  /** Missing for kinds of the whole cluster, and in manifests. */
  namespace?: string;
  /** Counts the changes of the spec. */
  generation?: number;
  /** When the API server made it, in RFC 3339. */
  creationTimestamp?: string;
  /** When it was asked to end, in RFC 3339; undefined before. */
  deletionTimestamp?: string;
  /** What selectors match. */
  labels?: Record<string, string>;
  /** What tools and controllers record. */
  annotations?: Record<string, string>;
  /** The objects whose deletion deletes this one. */
  ownerReferences?: readonly unknown[];
}

/** The status of Knative's kinds and of Deployments, as far as it is read here. */
export interface ObjectStatus {
  /** The generation of the spec that the controller has processed. */
  observedGeneration?: number;
  /** One for each type, such as Ready. */
  conditions?: readonly Condition[];
  /** A Service's newest revision, ready or not. */
  latestCreatedRevisionName?: string;
  /** A Service's newest revision that has been ready. */
  latestReadyRevisionName?: string;
  /** How a Service's requests are split, once its Route has taken the split. */
  traffic?: readonly TrafficTarget[];
  /** A Service's address. */
  url?: string;
  /** Pods of a workload that are ready. */
  readyReplicas?: number;
  /** Pods of a workload's latest template. */
  updatedReplicas?: number;
  /** Pods of a Deployment that have been ready for long enough. */
  availableReplicas?: number;
}

/** One line of a Knative Route: a revision, its share of the requests, its tag (Route's TrafficTarget). */
export interface TrafficTarget {
  /** The revision; missing for the newest. */
  readonly revisionName?: string;
  /** The newest revision that is ready, whichever that is; in place of a name. */
  readonly latestRevision?: boolean;
  /** Percent of the requests; 0 if it is missing. */
  readonly percent?: number;
  /** Under `TAG-NAME` in place of `NAME` the revision is called by itself. */
  readonly tag?: string;
  /** The tag's address. */
  readonly url?: string;
}

/** A condition in Kubernetes' form. */
export interface Condition {
  /** Such as Ready. */
  type: string;
  /** Unknown while a controller works. */
  status: "True" | "False" | "Unknown";
  /** A word for programs, such as `ContainerMissing`. */
  reason?: string;
  /** A sentence for people. */
  message?: string;
}

/** The label that everything of the shop carries. */
export const shopLabels = { "app.kubernetes.io/part-of": "hipster-shop" } as const;

/** The same, for `kubectl -l`. */
export const shopSelector = "app.kubernetes.io/part-of=hipster-shop";

/** The annotation whose new value makes Knative try again what it has given up. */
export const retryAnnotation = "hipstershop.dev/retried-at";

/** Knative's kind in the form that no other API group can be mistaken for. */
export const knativeServices = "services.serving.knative.dev";

/** Knative's revisions, in the same form. */
export const knativeRevisions = "revisions.serving.knative.dev";

/** The items of a list that kubectl returned; an absent list is empty. */
export function itemsOf(list: unknown): KubeObject[] {
  const items = (list as { items?: KubeObject[] } | undefined)?.items;
  return Array.isArray(items) ? items : [];
}

/** The object's condition of a type. */
export function findCondition(object: KubeObject, type: string): Condition | undefined {
  return object.status?.conditions?.find((condition) => condition.type === type);
}

/** Whether the controllers have processed the latest change of an object's spec. */
export function isObserved({ metadata, status }: KubeObject): boolean {
  return status?.observedGeneration === metadata.generation;
}

/** A condition's reason and message in one line, such as `ExitCode1: Container failed`. */
export function formatCondition({ reason = "Unknown", message = "" }: Partial<Condition>): string {
  return message === "" ? reason : `${reason}: ${message.trim().replace(/\s+/g, " ")}`;
}

/** Knative's name for a function's own container in a pod; the other one is queue-proxy. */
export const userContainer = "user-container";
