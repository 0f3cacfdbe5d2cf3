import { findCondition, type KubeObject, userContainer } from "#backends/kube-objects.ts";
import type { Kubectl } from "#backends/kubectl.ts";

/** The status of a container, as far as it is read here. */
interface ContainerStatus {
  readonly name: string;
  readonly restartCount?: number;
  readonly state?: {
    readonly waiting?: { readonly reason?: string };
    readonly terminated?: object;
  };
}

// What the kubelet says of a container that it tries again, ever more rarely: without a change the
// next attempt ends as the one before.
const hopeless = new Set([
  "CrashLoopBackOff",
  "ImagePullBackOff",
  "InvalidImageName",
  "ErrImageNeverPull",
  "CreateContainerConfigError",
  "CreateContainerError",
  "RunContainerError",
]);

/**
 * The pod whose container does not get to run: its image cannot be pulled, it cannot be created, or it
 * ended again after a restart.
 */
export function findHopelessPod(pods: readonly KubeObject[]): KubeObject | undefined {
  return pods.find((pod) => {
    const { state, restartCount = 0 } = statusOf(pod) ?? {};
    const hasEndedAgain = state?.terminated !== undefined && restartCount > 0;
    return hasEndedAgain || hopeless.has(state?.waiting?.reason ?? "");
  });
}

/** Whether Knative has given up a revision. */
export function hasFailed(revision: KubeObject | undefined): boolean {
  return revision !== undefined && findCondition(revision, "Ready")?.status === "False";
}

/** What a new revision waits for, in a word: its pod knows more than it does. */
export function describeWait(
  revision: KubeObject | undefined,
  pods: readonly KubeObject[],
): string {
  const waits = pods.map((pod) => statusOf(pod)?.state?.waiting?.reason);
  const reason = waits.find((each) => each !== undefined);
  const ready = revision && findCondition(revision, "Ready");
  return reason ?? ready?.reason ?? "Deploying";
}

function statusOf(pod: KubeObject): ContainerStatus | undefined {
  const status = pod.status as { containerStatuses?: ContainerStatus[] } | undefined;
  return status?.containerStatuses?.find(({ name }) => name === userContainer);
}

/**
 * The last lines that a pod's container logged; of the instance before if the present one has logged
 * nothing yet. Empty if neither has.
 */
export async function readLastLines(
  kubectl: Kubectl,
  namespace: string,
  pod: string,
  count: number,
): Promise<string[]> {
  const args = ["logs", pod, "-n", namespace, "-c", userContainer, `--tail=${count}`];
  for (const more of [[], ["--previous"]]) {
    const { exitCode, stdout } = await kubectl.run([...args, ...more]);
    const lines = stdout.split("\n").filter((line) => line !== "");
    if (exitCode === 0 && lines.length > 0) return lines;
  }
  return [];
}
