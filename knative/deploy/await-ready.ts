import { setTimeout as sleep } from "node:timers/promises";
import { explainFailure } from "./explain-failure.ts";
import type { Kubectl } from "./kubectl.ts";
import { itemsOf, type KubeObject, knativeServices } from "./objects.ts";
import { resourceOf } from "./render-manifests.ts";
import type { ServiceState } from "./service-state.ts";
import { readState, type WaitTarget } from "./workload-state.ts";

/** How long to wait, and whom to tell. */
export interface WaitOptions {
  readonly namespace: string;
  readonly timeoutMs: number;
  /** Gets all states, in the targets' order, each time that they were read. */
  readonly onStates: (states: readonly ServiceState[]) => void;
}

/** How the wait ended. */
export interface WaitResult {
  readonly states: readonly ServiceState[];
  /** Sentences about what is not ready; empty when all is. */
  readonly failures: readonly string[];
}

// Knative tries again by itself, for example while Redis still starts: a failure has to last.
const failureGraceMs = 20_000;
const pollMs = 1000;

/** Waits until every target is ready or has failed for good, or time is up. */
export async function awaitReady(
  kubectl: Kubectl,
  targets: readonly WaitTarget[],
  { namespace, timeoutMs, onStates }: WaitOptions,
): Promise<WaitResult> {
  const startedAt = performance.now();
  const failedSince = new Map<string, number>();
  for (;;) {
    const states = await readStates(kubectl, targets, namespace);
    onStates(states);
    const now = performance.now();
    const isSettled = states.every((state) => isFinal(state, failedSince, now));
    if (isSettled || now - startedAt > timeoutMs) {
      const found = targets.map((target, index) => ({ target, state: states[index] }));
      return { states, failures: await explainAll(kubectl, found, { namespace, timeoutMs }) };
    }
    await sleep(pollMs);
  }
}

function isFinal(state: ServiceState, failedSince: Map<string, number>, now: number): boolean {
  if (state.phase === "failed") {
    const since = failedSince.get(state.name) ?? now;
    failedSince.set(state.name, since);
    return now - since >= failureGraceMs;
  }
  failedSince.delete(state.name);
  return state.phase === "ready";
}

async function readStates(
  kubectl: Kubectl,
  targets: readonly WaitTarget[],
  namespace: string,
): Promise<ServiceState[]> {
  const resources = [...new Set(targets.map(({ resource }) => resource))].join(",");
  const found = itemsOf(await kubectl.readJson(["get", resources, "-n", namespace]));
  const keyOf = (resource: string, name: string) => `${resource}/${name}`;
  const byKey = new Map(
    found.map((object) => [keyOf(resourceOf(object), object.metadata.name), object]),
  );
  return targets.map(({ resource, name }) => {
    const object = byKey.get(keyOf(resource, name));
    if (object !== undefined) return readState(object);
    const absent = { phase: "waiting", reason: "NotThere", message: "" } as const;
    return { name, ...absent, revision: undefined, url: undefined };
  });
}

interface Found {
  readonly target: WaitTarget;
  readonly state: ServiceState | undefined;
}

async function explainAll(
  kubectl: Kubectl,
  found: readonly Found[],
  { namespace, timeoutMs }: Pick<WaitOptions, "namespace" | "timeoutMs">,
): Promise<string[]> {
  const late = `Gave up after ${timeoutMs / 1000} s (--timeout).`;
  const sentences = await Promise.all(
    found.map(async ({ target, state }) => {
      if (state === undefined || state.phase === "ready") return undefined;
      const sentence = await explainOne(kubectl, target, state, namespace);
      return state.phase === "waiting" ? `${sentence} ${late}` : sentence;
    }),
  );
  return sentences.filter((sentence) => sentence !== undefined);
}

async function explainOne(
  kubectl: Kubectl,
  { resource, name }: WaitTarget,
  state: ServiceState,
  namespace: string,
): Promise<string> {
  const isFunction = resource === knativeServices;
  if (isFunction && state.revision === undefined) return explainFailure({ state });
  const selector = isFunction
    ? `serving.knative.dev/revision=${state.revision}`
    : `app.kubernetes.io/name=${name}`;
  if (!isFunction && !resource.endsWith(".apps")) return explainFailure({ state });
  const [revision, pods, lastLogLine] = await Promise.all([
    isFunction ? readRevision(kubectl, state.revision ?? "", namespace) : undefined,
    kubectl.readJson(["get", "pods", "-n", namespace, "-l", selector]),
    readLastLogLine(kubectl, selector, namespace, isFunction),
  ]);
  return explainFailure({ state, pods: itemsOf(pods), lastLogLine, revision });
}

async function readRevision(
  kubectl: Kubectl,
  name: string,
  namespace: string,
): Promise<KubeObject | undefined> {
  const args = ["get", "revisions.serving.knative.dev", name, "-n", namespace];
  return (await kubectl.readJson([...args, "--ignore-not-found"])) as KubeObject | undefined;
}

// There is no log before the container has started, and that is no failure of its own.
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
  return exitCode === 0 && line !== "" ? line : undefined;
}
