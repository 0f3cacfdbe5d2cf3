/** A Kubernetes object, as far as this folder reads it; what may be missing is optional. */
export interface KubeObject {
  apiVersion?: string;
  kind: string;
  metadata: ObjectMeta;
  spec?: Record<string, unknown>;
  status?: ObjectStatus;
}

/** The part of an object's metadata that is read here. */
export interface ObjectMeta {
  name: string;
  namespace?: string;
  generation?: number;
  /** When the API server made it, in RFC 3339. */
  creationTimestamp?: string;
  /** When it was asked to end, in RFC 3339; undefined before. */
  deletionTimestamp?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  ownerReferences?: readonly unknown[];
}

/** The status of Knative's kinds and of Deployments, as far as it is read here. */
export interface ObjectStatus {
  observedGeneration?: number;
  conditions?: readonly Condition[];
  latestCreatedRevisionName?: string;
  latestReadyRevisionName?: string;
  /** How a Service's requests are split, once its Route has taken the split. */
  traffic?: readonly TrafficTarget[];
  url?: string;
  readyReplicas?: number;
  updatedReplicas?: number;
  availableReplicas?: number;
}

/** One line of a Knative Route: a revision, its share of the requests, its tag (Route's TrafficTarget). */
export interface TrafficTarget {
  readonly revisionName?: string;
  /** The newest revision that is ready, whichever that is; in place of a name. */
  readonly latestRevision?: boolean;
  /** Percent of the requests; 0 if it is missing. */
  readonly percent?: number;
  /** Under `TAG-NAME` in place of `NAME` the revision is called by itself. */
  readonly tag?: string;
  readonly url?: string;
}

/** A condition in Kubernetes' form. */
export interface Condition {
  type: string;
  status: "True" | "False" | "Unknown";
  reason?: string;
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

/** The items of a list that kubectl answered; an absent list is empty. */
export function itemsOf(list: unknown): KubeObject[] {
  const items = (list as { items?: KubeObject[] } | undefined)?.items;
  return Array.isArray(items) ? items : [];
}

/** The object's condition of a type. */
export function findCondition(object: KubeObject, type: string): Condition | undefined {
  return object.status?.conditions?.find((condition) => condition.type === type);
}

/** A condition's reason and message in one line, such as `ExitCode1: Container failed`. */
export function formatCondition({ reason = "Unknown", message = "" }: Partial<Condition>): string {
  return message === "" ? reason : `${reason}: ${message.trim().replace(/\s+/g, " ")}`;
}

/** Knative's name for a function's own container; beside it runs queue-proxy. */
export const userContainer = "user-container";
