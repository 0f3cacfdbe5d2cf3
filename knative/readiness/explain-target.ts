import { itemsOf, type KubeObject, knativeServices } from "#backends/kube-objects.ts";
import type { Kubectl } from "#backends/kubectl.ts";
import { explainFailure } from "./explain-failure.ts";
import type { ServiceState } from "./service-state.ts";
import type { WaitTarget } from "./workload-state.ts";

/** Reads what the cluster knows about a target that is not ready, and says why and what to do. */
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
  const [revision, found, lastLogLine] = await Promise.all([
    isFunction ? readRevision(kubectl, state.revision ?? "", namespace) : undefined,
    kubectl.readJson(["get", "pods", "-n", namespace, "-l", selector]),
    readLastLogLine(kubectl, selector, namespace, isFunction),
  ]);
  const pods = itemsOf(found);
  const warning =
    isFunction || pods.length > 0 ? undefined : await readWarning(kubectl, name, namespace);
  const facts = { state: { ...state, ...warning }, pods, lastLogLine, revision };
  return explainFailure({ kubectl: command, ...facts });
}

async function readRevision(
  kubectl: Kubectl,
  name: string,
  namespace: string,
): Promise<KubeObject | undefined> {
  const args = ["get", "revisions.serving.knative.dev", name, "-n", namespace];
  return (await kubectl.readJson([...args, "--ignore-not-found"])) as KubeObject | undefined;
}

// A StatefulSet that gets no pod says why in its events only.
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

// A container that has not started has no log: that is not an additional failure.
async function readLastLogLine(
  kubectl: Kubectl,
  selector: string,
  namespace: string,
  isFunction: boolean,
): Promise<string | undefined> {
  const container = isFunction ? ["-c", "user-container"] : [];
  const args = ["logs", "-n", namespace, "-l", selector, ...container, "--tail=1"];
  const { exitCode, stdout } = await kubectl.run(args);
  const line = stdout.trim().split("\n").at(-1);
  return exitCode === 0 && line !== "" && line !== undefined ? readMessage(line) : undefined;
}

/** What a line of a log says: the message and the error's of a JSON line, any other line as it is. */
export function readMessage(line: string): string {
  try {
    const { message, error } = JSON.parse(line) as {
      message?: unknown;
      error?: { message?: unknown };
    };
    const said = [message, error?.message].filter((part) => typeof part === "string");
    return said.length === 0 ? line : said.join(": ");
  } catch {
    return line;
  }
}
