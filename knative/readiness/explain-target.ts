import {
  itemsOf,
  type KubeObject,
  knativeRevisions,
  knativeServices,
  userContainer,
} from "#backends/kube-objects.ts";
import type { Kubectl } from "#backends/kubectl.ts";
import { explainFailure } from "./explain-failure.ts";
import type { ServiceState } from "./service-state.ts";
import type { WaitTarget } from "./workload-state.ts";

/** Reads why a target is not ready. Returns the cause and how to fix it. Rejects with KubectlError. */
export async function explainTarget(
  kubectl: Kubectl,
  { resource, name }: WaitTarget,
  state: ServiceState,
  namespace: string,
): Promise<string> {
  const isFunction = resource === knativeServices;
  const context = kubectl.context === undefined ? "" : ` --context ${kubectl.context}`;
  const command = `kubectl${context} -n ${namespace}`;
  if (isFunction ? state.revision === undefined : !resource.endsWith(".apps")) {
    return explainFailure({ kubectl: command, state });
  }
  const selector = isFunction
    ? `serving.knative.dev/revision=${state.revision}`
    : `app.kubernetes.io/name=${name}`;
  const [seen, lastLogLine] = await Promise.all([
    isFunction ? readRevision(kubectl, namespace, state.revision ?? "") : undefined,
    readLastLogLine(kubectl, selector, namespace, isFunction),
  ]);
  const { pods, revision } = seen ?? { pods: await readPods(kubectl, namespace, selector) };
  const warning =
    isFunction || pods.length > 0 ? undefined : await readWarning(kubectl, name, namespace);
  const facts = { state: { ...state, ...warning }, pods, lastLogLine, revision };
  return explainFailure({ kubectl: command, ...facts });
}

/** A revision and its pods. */
export interface SeenRevision {
  /** Undefined before Knative has created it. */
  readonly revision?: KubeObject | undefined;
  /** Its pods; none if it is scaled to zero. */
  readonly pods: readonly KubeObject[];
}

/** Reads a revision and its pods by the revision's name. Rejects with KubectlError. */
export async function readRevision(
  kubectl: Kubectl,
  namespace: string,
  name: string,
): Promise<SeenRevision> {
  const args = ["get", knativeRevisions, name, "-n", namespace, "--ignore-not-found"];
  const [revision, pods] = await Promise.all([
    kubectl.readJson(args),
    readPods(kubectl, namespace, `serving.knative.dev/revision=${name}`),
  ]);
  return { revision: revision as KubeObject | undefined, pods };
}

async function readPods(kubectl: Kubectl, namespace: string, selector: string) {
  return itemsOf(await kubectl.readJson(["get", "pods", "-n", namespace, "-l", selector]));
}

// Why a StatefulSet has no pod is only in its events.
async function readWarning(
  kubectl: Kubectl,
  name: string,
  namespace: string,
): Promise<{ reason: string; message: string } | undefined> {
  const fields = `involvedObject.name=${name},type=Warning`;
  const args = ["get", "events", "-n", namespace, "--field-selector", fields];
  const last = itemsOf(await kubectl.readJson(args)).at(-1);
  const { reason, message } = (last ?? {}) as { reason?: string; message?: string };
  return reason === undefined || message === undefined ? undefined : { reason, message };
}

// A container that has not started has no log. That is not an error.
async function readLastLogLine(
  kubectl: Kubectl,
  selector: string,
  namespace: string,
  isFunction: boolean,
): Promise<string | undefined> {
  const container = isFunction ? ["-c", userContainer] : [];
  const args = ["logs", "-n", namespace, "-l", selector, ...container, "--tail=1"];
  const { exitCode, stdout } = await kubectl.run(args);
  const line = stdout.trim().split("\n").at(-1);
  return exitCode === 0 && line ? readMessage(line) : undefined;
}

/** The message of a log line: of a JSON line `message` and the error's message, else the whole line. */
export function readMessage(line: string): string {
  try {
    const { message, error } = JSON.parse(line) as {
      message?: unknown;
      error?: { message?: unknown };
    };
    const parts = [message, error?.message].filter((part) => typeof part === "string");
    return parts.length === 0 ? line : parts.join(": ");
  } catch {
    return line;
  }
}
