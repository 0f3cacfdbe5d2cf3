import { type Condition, findCondition, type KubeObject } from "#backends/kube-objects.ts";
import type { ServiceState } from "./service-state.ts";

/** The known facts about a Service that does not become ready. */
export interface FailureFacts {
  /** How kubectl is called for its namespace, such as `kubectl -n shop`. */
  readonly kubectl: string;
  /** Its state. */
  readonly state: ServiceState;
  /** Its latest revision, if it has one. */
  readonly revision?: KubeObject | undefined;
  /** The revision's pods. */
  readonly pods?: readonly KubeObject[];
  /** The last line that the function's container logged. */
  readonly lastLogLine?: string | undefined;
}

/** Why a Service is not ready, in one sentence or two, and what to do, in another. */
export function explainFailure(facts: FailureFacts): string {
  const { state, lastLogLine } = facts;
  const { reason, message } = findCause(facts);
  const origin = [state.revision, reason].filter((part) => part !== undefined).join(", ");
  const said = message === "" ? "." : `: ${closeSentence(shorten(message))}`;
  const logged =
    lastLogLine === undefined ? "" : ` Last log line: ${closeSentence(shorten(lastLogLine))}`;
  return `${state.name} is not ready (${origin})${said}${logged} ${advise(facts, reason, message)}`;
}

/** The container's state that the kubelet reports; it is more exact than Knative's condition. */
interface ContainerStatus {
  readonly name: string;
  readonly ready?: boolean;
  readonly state?: Readonly<
    Record<string, { reason?: string; message?: string; exitCode?: number }>
  >;
  readonly lastState?: ContainerStatus["state"];
}

type Cause = Pick<Required<Condition>, "reason" | "message">;

// A Service says only that its revision failed; the revision says why. While a revision still
// waits, its pods know more than it does.
function findCause({ state, revision, pods = [] }: FailureFacts): Cause {
  const failed = revision === undefined ? undefined : findFailed(revision);
  if (failed !== undefined) return causeOf(failed);
  const ended = containersOf(pods)
    .map(findEnd)
    .find((end) => end !== undefined);
  if (ended !== undefined) return ended;
  const waiting = containersOf(pods).find(({ state }) => state?.waiting?.message !== undefined);
  if (waiting?.state?.waiting !== undefined) return causeOf(waiting.state.waiting);
  const unscheduled = pods
    .map((pod) => findCondition(pod, "PodScheduled"))
    .find((condition) => condition?.status === "False");
  if (unscheduled !== undefined) return causeOf(unscheduled);
  const own = revision === undefined ? undefined : findCondition(revision, "Ready");
  if (own !== undefined && own.status !== "True") return causeOf(own);
  return { reason: state.reason, message: state.message };
}

// Between two attempts the container waits, and its last state says how it ended.
function findEnd({ name, state, lastState }: ContainerStatus): Cause | undefined {
  const end = state?.terminated ?? lastState?.terminated;
  if (name === "queue-proxy" || end === undefined || state?.running !== undefined) return undefined;
  if (end.exitCode === 0) return { reason: "ExitCode0", message: "the container ended by itself" };
  return { reason: `ExitCode${end.exitCode ?? ""}`, message: end.message ?? end.reason ?? "" };
}

// The kinds of failure come before Ready, which repeats one of them.
function findFailed(revision: KubeObject): Condition | undefined {
  const types = ["ContainerHealthy", "ResourcesAvailable", "Ready"];
  return types
    .map((type) => findCondition(revision, type))
    .find((condition) => condition?.status === "False");
}

function causeOf({ reason, message }: { reason?: string; message?: string }): Cause {
  return { reason: reason ?? "Unknown", message: message ?? "" };
}

// KUBECTL, LOGS and NAME are filled in.
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
    /ExitCode\d+|CrashLoop|BackOff|Error: exit|Container failed|OOMKilled/i,
    "The container ended by itself: see `LOGS`, fix it, and run the command again.",
  ],
  [
    /DomainConflict|Ingress|LoadBalancer|Certificate|DNS|Route/i,
    "The function runs but is not routed: look at the ingress's pods and at `KUBECTL describe route NAME`.",
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
    return "The container runs but is not ready: see `LOGS`, or it does not listen on the port in PORT.";
  }
  return `See \`KUBECTL ${state.revision === undefined ? "get events" : "describe ksvc NAME"}\`.`;
}

function selectPods({ name, revision }: ServiceState): string {
  if (revision === undefined) return `-l app.kubernetes.io/name=${name}`;
  return `-l serving.knative.dev/revision=${revision} -c user-container`;
}

function containersOf(pods: readonly KubeObject[]): ContainerStatus[] {
  return pods.flatMap((pod) => {
    const status = pod.status as { containerStatuses?: ContainerStatus[] } | undefined;
    return status?.containerStatuses ?? [];
  });
}

function closeSentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function shorten(text: string): string {
  const line = text.trim().replace(/\s+/g, " ");
  return line.length > 400 ? `${line.slice(0, 397)}...` : line;
}
