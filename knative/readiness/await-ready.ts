import { setTimeout as sleep } from "node:timers/promises";
import { itemsOf, retryAnnotation } from "#backends/kube-objects.ts";
import type { Kubectl } from "#backends/kubectl.ts";
import { resourceOf } from "../manifests/render-manifests.ts";
import { explainTarget } from "./explain-target.ts";
import type { ServiceState } from "./service-state.ts";
import { readState, triggers, type WaitTarget } from "./workload-state.ts";

/** How long to wait, and the receiver of states. */
export interface WaitOptions {
  /** Where the targets are. */
  readonly namespace: string;
  /** Milliseconds after which it gives up. */
  readonly timeoutMs: number;
  /** When the time began that the timeout bounds, by `performance.now()`; now if not given. */
  readonly startedAt?: number;
  /**
   * Gets all states, in the targets' order, each time that they were read. A failure that Knative may
   * still overcome is reported as waiting.
   */
  readonly onStates: (states: readonly ServiceState[]) => void;
}

/** How the wait ended. */
export interface WaitResult {
  /** The last ones, in the targets' order. */
  readonly states: readonly ServiceState[];
  /** Sentences about what is not ready; empty when all is. */
  readonly failures: string[];
}

// Knative tries again by itself, for example while Redis still starts: a failure has to last, with
// nothing else changing.
const failureGraceMs = 20_000;
const pollMs = 1000;

/** Waits until every target is ready or has failed permanently, or the timeout is over. */
export async function awaitReady(
  kubectl: Kubectl,
  targets: readonly WaitTarget[],
  { namespace, timeoutMs, startedAt = performance.now(), onStates }: WaitOptions,
): Promise<WaitResult> {
  let changedAt = performance.now();
  let phases = "";
  for (;;) {
    const states = await readStates(kubectl, targets, namespace);
    const now = performance.now();
    const before = phases;
    phases = states.map(({ phase }) => phase).join();
    if (phases !== before) {
      changedAt = now;
      await retryTriggers(kubectl, findStuckTriggers(targets, states), namespace);
    }
    const isOver = isSettled(states, now - changedAt) || now - startedAt > timeoutMs;
    onStates(isOver ? states : states.map(withoutPassingFailure));
    if (isOver) {
      return { states, failures: await explainAll(kubectl, targets, states, namespace, timeoutMs) };
    }
    await sleep(pollMs);
  }
}

/** The state as it is reported during the wait: a failure counts only after it has lasted. */
export function withoutPassingFailure(state: ServiceState): ServiceState {
  return state.phase === "failed" ? { ...state, phase: "waiting" } : state;
}

/** Whether nothing is to be waited for any more, with the states unchanged for so long. */
export function isSettled(states: readonly ServiceState[], unchangedMs: number): boolean {
  if (states.some((state) => state.phase === "waiting" || waitsForNode(state))) return false;
  return states.every(({ phase }) => phase === "ready") || unchangedMs >= failureGraceMs;
}

// Pods that scale to zero free resources, and so does a cluster that adds a node. Both take longer than
// the grace period of a failure.
function waitsForNode({ phase, message }: ServiceState): boolean {
  return phase === "failed" && /\bnodes are available\b/.test(message);
}

/** The Triggers that are all that has failed, once nothing is waited for. */
export function findStuckTriggers(
  targets: readonly WaitTarget[],
  states: readonly ServiceState[],
): string[] {
  const stuck = targets
    .map(({ resource, name }, index) => ({ resource, name, phase: states[index]?.phase }))
    .filter(({ phase }) => phase !== "ready");
  const areStuck = stuck.every((each) => each.resource === triggers && each.phase === "failed");
  return areStuck ? stuck.map(({ name }) => name) : [];
}

// A Trigger whose function was long in coming is tried again ever more rarely, after minutes at last
// (Eventing 1.23). Any change to it makes Eventing look at once.
async function retryTriggers(
  kubectl: Kubectl,
  names: readonly string[],
  namespace: string,
): Promise<void> {
  if (names.length === 0) return;
  const mark = `${retryAnnotation}=${new Date().toISOString()}`;
  await kubectl.run(["annotate", triggers, ...names, mark, "--overwrite", "-n", namespace]);
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

async function explainAll(
  kubectl: Kubectl,
  targets: readonly WaitTarget[],
  states: readonly ServiceState[],
  namespace: string,
  timeoutMs: number,
): Promise<string[]> {
  const late = `Gave up after ${timeoutMs / 1000} s (--timeout).`;
  const sentences = await Promise.all(
    targets.map(async (target, index) => {
      const state = states[index];
      if (state === undefined || state.phase === "ready") return undefined;
      const sentence = await explainTarget(kubectl, target, state, namespace);
      return state.phase === "waiting" ? `${sentence} ${late}` : sentence;
    }),
  );
  return sentences.filter((sentence) => sentence !== undefined);
}
