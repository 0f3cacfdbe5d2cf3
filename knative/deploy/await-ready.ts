import { setTimeout as sleep } from "node:timers/promises";
import { explainFailure } from "./explain-failure.ts";
import type { Kubectl } from "./kubectl.ts";
import { itemsOf, type KubeObject, knativeServices } from "./objects.ts";
import { readServiceState, type ServiceState } from "./service-state.ts";

/** How long to wait, and whom to tell. */
export interface WaitOptions {
  readonly namespace: string;
  readonly timeoutMs: number;
  /** Gets all states, in the names' order, each time that they were read. */
  readonly onStates: (states: readonly ServiceState[]) => void;
}

/** How the wait ended. */
export interface WaitResult {
  readonly states: readonly ServiceState[];
  /** Sentences about the Services that are not ready; empty when all are. */
  readonly failures: readonly string[];
}

// Knative tries again by itself, for example while Redis still starts: a failure has to last.
const failureGraceMs = 20_000;
const pollMs = 1000;

/** Waits until every named Knative Service is ready or has failed for good, or time is up. */
export async function awaitReady(
  kubectl: Kubectl,
  names: readonly string[],
  { namespace, timeoutMs, onStates }: WaitOptions,
): Promise<WaitResult> {
  const startedAt = performance.now();
  const failedSince = new Map<string, number>();
  for (;;) {
    const states = await readStates(kubectl, names, namespace);
    onStates(states);
    const now = performance.now();
    const isSettled = states.every((state) => isFinal(state, failedSince, now));
    if (isSettled || now - startedAt > timeoutMs) {
      return { states, failures: await explainAll(kubectl, states, { namespace, timeoutMs }) };
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
  names: readonly string[],
  namespace: string,
): Promise<ServiceState[]> {
  const services = itemsOf(await kubectl.readJson(["get", knativeServices, "-n", namespace]));
  const byName = new Map(services.map((service) => [service.metadata.name, service]));
  return names.map((name) =>
    readServiceState(byName.get(name) ?? { kind: "Service", metadata: { name } }),
  );
}

async function explainAll(
  kubectl: Kubectl,
  states: readonly ServiceState[],
  { namespace, timeoutMs }: Pick<WaitOptions, "namespace" | "timeoutMs">,
): Promise<string[]> {
  const late = `Gave up after ${timeoutMs / 1000} s (--timeout).`;
  const unready = states.filter(({ phase }) => phase !== "ready");
  return Promise.all(
    unready.map(async (state) => {
      const sentence = await explainOne(kubectl, state, namespace);
      return state.phase === "waiting" ? `${sentence} ${late}` : sentence;
    }),
  );
}

async function explainOne(
  kubectl: Kubectl,
  state: ServiceState,
  namespace: string,
): Promise<string> {
  if (state.revision === undefined) return explainFailure({ state });
  const selector = `serving.knative.dev/revision=${state.revision}`;
  const [revision, pods, lastLogLine] = await Promise.all([
    kubectl.readJson([
      "get",
      "revisions.serving.knative.dev",
      state.revision,
      "-n",
      namespace,
      "--ignore-not-found",
    ]),
    kubectl.readJson(["get", "pods", "-n", namespace, "-l", selector]),
    readLastLogLine(kubectl, selector, namespace),
  ]);
  const facts = { state, pods: itemsOf(pods), lastLogLine };
  return explainFailure({ ...facts, revision: revision as KubeObject | undefined });
}

// There is no log before the container has started, and that is no failure of its own.
async function readLastLogLine(
  kubectl: Kubectl,
  selector: string,
  namespace: string,
): Promise<string | undefined> {
  const args = ["logs", "-n", namespace, "-l", selector, "-c", "user-container", "--tail=1"];
  const { exitCode, stdout } = await kubectl.run(args);
  const line = stdout.trim().split("\n").at(-1);
  return exitCode === 0 && line !== "" ? line : undefined;
}
