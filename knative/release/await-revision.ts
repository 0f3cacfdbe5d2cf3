import { setTimeout as sleep } from "node:timers/promises";
import {
  findCondition,
  isObserved,
  itemsOf,
  type KubeObject,
  knativeRevisions,
  knativeServices,
} from "#backends/kube-objects.ts";
import { explainTarget } from "../readiness/explain-target.ts";
import { readServiceState } from "../readiness/service-state.ts";
import { describeWait, findHopelessPod, hasFailed, readLastLines } from "./container-failure.ts";
import { type ReleaseTarget, readService } from "./release-target.ts";

const pollMs = 1000;
const logLineCount = 10;

/**
 * Waits until the newest revision is ready. Answers why it is not, with the last lines of its log: as
 * soon as Knative or the kubelet has given it up, or when time is up.
 */
export async function awaitRevision(target: ReleaseTarget): Promise<string | undefined> {
  const { kubectl, namespace, name, timeoutMs, onState } = target;
  const endMs = performance.now() + timeoutMs;
  for (;;) {
    const service = await readService(target);
    const state = readServiceState(service);
    const seen = await readNewest(target, service);
    const { phase, reason } = judge(service, seen);
    onState({ ...state, phase, reason });
    if (phase === "ready") return undefined;
    const isLate = performance.now() > endMs;
    if (phase === "failed" || isLate) {
      const sentence = await explainTarget(
        kubectl,
        { resource: knativeServices, name },
        state,
        namespace,
      );
      const late = phase === "failed" ? "" : ` Gave up after ${timeoutMs / 1000} s (--timeout).`;
      return `${sentence}${late}${await readLog(target, seen.pods)}`;
    }
    await sleep(pollMs);
  }
}

/** What the cluster knows about a new revision. */
export interface SeenRevision {
  /** Undefined before Knative has created it. */
  readonly revision: KubeObject | undefined;
  /** Its pods. */
  readonly pods: readonly KubeObject[];
}

/** Whether the newest revision is ready or given up, and what it waits for, in two words. */
export function judge(
  service: KubeObject,
  { revision, pods }: SeenRevision,
): { phase: "ready" | "waiting" | "failed"; reason: string } {
  const configuration = findCondition(service, "ConfigurationsReady");
  // Until the Configuration is updated, the newest revision is the previous one.
  if (!isObserved(service) || configuration?.reason === "OutOfDate") {
    return { phase: "waiting", reason: "Applied" };
  }
  if (configuration?.status === "True") return { phase: "ready", reason: "Ready" };
  const isHopeless = hasFailed(revision) || findHopelessPod(pods) !== undefined;
  const reason = `${revision?.metadata.name ?? "revision"} ${describeWait(revision, pods)}`;
  return { phase: isHopeless ? "failed" : "waiting", reason };
}

async function readNewest(
  { kubectl, namespace }: ReleaseTarget,
  service: KubeObject,
): Promise<SeenRevision> {
  const name = service.status?.latestCreatedRevisionName;
  if (name === undefined) return { revision: undefined, pods: [] };
  const inNamespace = ["-n", namespace];
  const selector = ["-l", `serving.knative.dev/revision=${name}`];
  const [revision, pods] = await Promise.all([
    kubectl.readJson(["get", knativeRevisions, name, ...inNamespace, "--ignore-not-found"]),
    kubectl.readJson(["get", "pods", ...inNamespace, ...selector]),
  ]);
  return { revision: revision as KubeObject | undefined, pods: itemsOf(pods) };
}

async function readLog(
  { kubectl, namespace }: ReleaseTarget,
  pods: readonly KubeObject[],
): Promise<string> {
  const pod = (findHopelessPod(pods) ?? pods[0])?.metadata.name;
  if (pod === undefined) return "";
  const lines = await readLastLines(kubectl, namespace, pod, logLineCount);
  const head = `\nThe last lines of the log of ${pod}:`;
  // The last one is in the sentence already.
  return lines.length < 2 ? "" : [head, ...lines.map((line) => `  ${line}`)].join("\n");
}
