import {
  type Condition,
  type ContainerState,
  type ContainerStatus,
  findCondition,
  type KubeObject,
} from "#backends/kube-objects.ts";
import type { ServiceState } from "./service-state.ts";

/** The state of a Service or workload that is not ready, and of what belongs to it. */
export interface FailureFacts {
  /** The kubectl command for its namespace, such as `kubectl -n shop`. */
  readonly kubectl: string;
  /** Its state. */
  readonly state: ServiceState;
  /** Its latest revision, if it has one. */
  readonly revision?: KubeObject | undefined;
  /** Its pods. */
  readonly pods?: readonly KubeObject[];
  /** The last line that its container logged. */
  readonly lastLogLine?: string | undefined;
}

/** Why a Service or workload is not ready, and how to fix it. */
export function explainFailure(facts: FailureFacts): string {
  const { state, lastLogLine } = facts;
  const { reason, message } = findCause(facts);
  const origin = [state.revision, reason].filter((part) => part !== undefined).join(", ");
  const said = message === "" ? "." : `: ${closeSentence(shorten(message))}`;
  const logged =
    lastLogLine === undefined ? "" : ` Last log line: ${closeSentence(shorten(lastLogLine))}`;
  return `${state.name} is not ready (${origin})${said}${logged} ${advise(facts, reason, message)}`;
}

/** A condition's reason and message. */
export type Cause = Pick<Required<Condition>, "reason" | "message">;

// A Service's condition only reports that its revision failed; the revision's has the cause. Until the
// revision has failed, its pods have more detail than its conditions.
function findCause({ state, revision, pods = [] }: FailureFacts): Cause {
  const failed = revision === undefined ? undefined : findFailed(revision);
  if (failed !== undefined) return causeOf(failed);
  const cause = findPodCause(pods);
  if (cause !== undefined) return cause;
  const own = revision === undefined ? undefined : findCondition(revision, "Ready");
  if (own !== undefined && own.status !== "True") return causeOf(own);
  return { reason: state.reason, message: state.message };
}

/** Why a pod does not run: its container ended, cannot start, or has no node; undefined if all run. */
export function findPodCause(pods: readonly KubeObject[]): Cause | undefined {
  const containers = containersOf(pods);
  const [ended] = containers.map(findEnd).filter((end) => end !== undefined);
  if (ended !== undefined) return ended;
  const waiting = containers.find(({ state }) => state?.waiting?.message !== undefined);
  if (waiting?.state?.waiting !== undefined) return causeOf(waiting.state.waiting);
  const scheduled = pods.map((pod) => findCondition(pod, "PodScheduled"));
  const unscheduled = scheduled.find((condition) => condition?.status === "False");
  return unscheduled && causeOf(unscheduled);
}

// Between two restarts the container's state is waiting, and its last state has the exit code.
function findEnd({ name, state, lastState }: ContainerStatus): Cause | undefined {
  const end = state?.terminated ?? lastState?.terminated;
  if (name === "queue-proxy" || end === undefined || state?.running !== undefined) return undefined;
  if (end.exitCode === 0) return { reason: "ExitCode0", message: "the container ended by itself" };
  return { reason: nameEnd(end), message: end.message ?? end.reason ?? "" };
}

/** One word for the end of a container's process: `OOMKilled`, or its exit code as `ExitCode1`. */
export function nameEnd({ reason, exitCode }: ContainerEnd): string {
  // Both have exit code 137.
  return reason === "OOMKilled" ? reason : `ExitCode${exitCode ?? ""}`;
}

type ContainerEnd = NonNullable<ContainerState["terminated"]>;

// Ready is last because it repeats one of the others.
function findFailed(revision: KubeObject): Condition | undefined {
  const types = ["ContainerHealthy", "ResourcesAvailable", "Ready"];
  const conditions = types.map((type) => findCondition(revision, type));
  return conditions.find((condition) => condition?.status === "False");
}

function causeOf({ reason = "Unknown", message = "" }: Partial<Cause>): Cause {
  return { reason, message };
}

// KUBECTL, LOGS and NAME are replaced.
const advices: readonly (readonly [RegExp, string])[] = [
  [
    /persistentvolumeclaim|storage ?class/i,
    "The cluster has no storage class that gives it a volume: set a default one, or change the claim.",
  ],
  [
    /exceeded quota|insufficient (cpu|memory)/i,
    "Raise the namespace's quota or the cluster's size, or lower the function's requests.",
  ],
  [
    /forbidden|denied the request|violates PodSecurity/i,
    "The cluster's admission rules refuse the pod: change the manifest or the rule.",
  ],
  [
    /ContainerMissing|ErrImage|ImagePull|InvalidImageName|unable to fetch image|failed to pull/i,
    "Check that the image is in the registry (--registry, --tag or --images), that the cluster's nodes may pull it, and run the command again.",
  ],
  [
    /OOMKilled/,
    "The container used more memory than its limit: raise `limits.memory` in func.yaml, or see `LOGS`.",
  ],
  [
    /ExitCode\d+|CrashLoop|BackOff|Error: exit|Container failed/i,
    "The container ended by itself: see `LOGS`, fix it, and run the command again.",
  ],
  [
    /DomainConflict|Ingress|LoadBalancer|Certificate|DNS|Route/i,
    "The function runs but is not routed: check the ingress's pods and `KUBECTL describe route NAME`.",
  ],
];

function advise(facts: FailureFacts, reason: string, message: string): string {
  const { state, kubectl } = facts;
  const said = `${reason} ${message}`;
  return findAdvice(facts, said)
    .replace("LOGS", `${kubectl} logs ${selectPods(state)}`)
    .replace("KUBECTL", kubectl)
    .replace("NAME", state.name);
}

function findAdvice({ state, pods = [] }: FailureFacts, said: string): string {
  const known = advices.find(([pattern]) => pattern.test(said));
  if (known !== undefined) return known[1];
  const user = containersOf(pods).find(({ name }) => name !== "queue-proxy");
  if (user?.state?.running !== undefined) {
    return "The container runs but is not ready: see `LOGS`, and check that it listens on the port in PORT.";
  }
  return `See \`KUBECTL ${state.revision === undefined ? "get events" : "describe ksvc NAME"}\`.`;
}

function selectPods({ name, revision }: ServiceState): string {
  if (revision === undefined) return `-l app.kubernetes.io/name=${name}`;
  return `-l serving.knative.dev/revision=${revision} -c user-container`;
}

function containersOf(pods: readonly KubeObject[]): ContainerStatus[] {
  return pods.flatMap(({ status }) => status?.containerStatuses ?? []);
}

function closeSentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function shorten(text: string): string {
  const line = text.trim().replace(/\s+/g, " ");
  return line.length > 400 ? `${line.slice(0, 397)}...` : line;
}
