import {
  findCondition,
  findUserContainer,
  isObserved,
  type KubeObject,
  knativeServices,
  userContainer,
} from "#backends/kube-objects.ts";
import { describeTimeout } from "../readiness/await-ready.ts";
import { explainTarget, readRevision, type SeenRevision } from "../readiness/explain-target.ts";
import { pollUntil } from "../readiness/poll-until.ts";
import { readServiceState } from "../readiness/service-state.ts";
import { type ReleaseTarget, readService } from "./release-target.ts";

const logLineCount = 10;

/**
 * Waits until the newest revision is ready. Returns undefined, or why it is not ready with the last lines
 * of its log: as soon as Knative or the kubelet reports the failure, or after the timeout.
 */
export async function awaitRevision(target: ReleaseTarget): Promise<string | undefined> {
  const { kubectl, namespace, name, timeoutMs, onState } = target;
  let failure: string | undefined;
  const check = async (isLast: boolean) => {
    const service = await readService(target);
    const state = readServiceState(service);
    const newest = service.status?.latestCreatedRevisionName;
    const seen = newest ? await readRevision(kubectl, namespace, newest) : { pods: [] };
    const { phase, reason } = judge(service, seen);
    onState({ ...state, phase, reason });
    if (phase === "ready") return true;
    if (phase === "waiting" && !isLast) return false;
    const wanted = { resource: knativeServices, name };
    const sentence = await explainTarget(kubectl, wanted, state, namespace);
    const late = phase === "failed" ? "" : ` ${describeTimeout(timeoutMs)}`;
    failure = `${sentence}${late}${await readLog(target, seen.pods)}`;
    return true;
  };
  await pollUntil(check, { timeoutMs });
  return failure;
}

/** Whether the newest revision is ready or has failed, and the reason why it is waiting. */
export function judge(
  service: KubeObject,
  { revision, pods }: SeenRevision,
): { phase: "ready" | "waiting" | "failed"; reason: string } {
  const configuration = findCondition(service, "ConfigurationsReady");
  // Until the Configuration has the change, the newest revision is the previous one.
  if (!isObserved(service) || configuration?.reason === "OutOfDate") {
    return { phase: "waiting", reason: "Applied" };
  }
  if (configuration?.status === "True") return { phase: "ready", reason: "Ready" };
  const ready = revision && findCondition(revision, "Ready");
  const hasFailed = ready?.status === "False" || findFailedPod(pods) !== undefined;
  const reason = `${revision?.metadata.name ?? "revision"} ${describeWait(revision, pods)}`;
  return { phase: hasFailed ? "failed" : "waiting", reason };
}

// The reasons for which the kubelet only retries the failed step, with a growing delay.
const failedReasons = new Set([
  "CrashLoopBackOff",
  "ImagePullBackOff",
  "InvalidImageName",
  "ErrImageNeverPull",
  "CreateContainerConfigError",
  "CreateContainerError",
  "RunContainerError",
]);

/**
 * The pod whose container cannot run: its image cannot be pulled, it cannot be created, or it ended
 * again after a restart.
 */
export function findFailedPod(pods: readonly KubeObject[]): KubeObject | undefined {
  return pods.find((pod) => {
    const { state, restartCount = 0 } = findUserContainer(pod) ?? {};
    const hasEndedAgain = state?.terminated !== undefined && restartCount > 0;
    return hasEndedAgain || failedReasons.has(state?.waiting?.reason ?? "");
  });
}

/** Why a new revision is waiting, in one word: its pod's reason, which is more precise, or its own. */
export function describeWait(
  revision: KubeObject | undefined,
  pods: readonly KubeObject[],
): string {
  const reasons = pods.map((pod) => findUserContainer(pod)?.state?.waiting?.reason);
  const ready = revision && findCondition(revision, "Ready");
  return reasons.find((each) => each !== undefined) ?? ready?.reason ?? "Deploying";
}

// The last lines of the container's log; of its previous instance if the current one has no lines.
async function readLog(
  { kubectl, namespace }: ReleaseTarget,
  pods: readonly KubeObject[],
): Promise<string> {
  const pod = (findFailedPod(pods) ?? pods[0])?.metadata.name;
  if (pod === undefined) return "";
  const args = ["logs", pod, "-n", namespace, "-c", userContainer, `--tail=${logLineCount}`];
  for (const more of [[], ["--previous"]]) {
    const { exitCode, stdout } = await kubectl.run([...args, ...more]);
    const lines = stdout.split("\n").filter((line) => line !== "");
    if (exitCode !== 0 || lines.length === 0) continue;
    // A single line is part of the sentence already.
    const head = `\nThe last lines of the log of ${pod}:`;
    return lines.length < 2 ? "" : [head, ...lines.map((line) => `  ${line}`)].join("\n");
  }
  return "";
}
