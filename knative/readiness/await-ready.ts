import { itemsOf, retryAnnotation, triggers } from "#backends/kube-objects.ts";
import type { Kubectl } from "#backends/kubectl.ts";
import { resourceOf } from "../manifests/render-manifests.ts";
import { explainTarget } from "./explain-target.ts";
import { pollUntil } from "./poll-until.ts";
import type { ServiceState } from "./service-state.ts";
import { readState, type WaitTarget } from "./workload-state.ts";

/** How long to wait, and who receives the states. */
export interface WaitOptions {
  /** The targets' namespace. */
  readonly namespace: string;
  /** Milliseconds from `startedAt` until the wait ends. */
  readonly timeoutMs: number;
  /** The start of the timeout by `performance.now()`; the call if missing. */
  readonly startedAt?: number;
  /**
   * Receives all states, in the targets' order, after each read. A failure from which Knative may
   * recover is reported as waiting.
   */
  readonly onStates: (states: readonly ServiceState[]) => void;
}

/** The result of the wait. */
export interface WaitResult {
  /** The last states, in the targets' order. */
  readonly states: readonly ServiceState[];
  /** A message for each target that is not ready. */
  readonly failures: string[];
}

/**
 * Milliseconds without a change after which a failure is final. Knative retries until then, for example
 * while Redis starts, or while the pods of an older revision still use up a quota.
 */
export const failureGraceMs = 20_000;

/** Waits until every target is ready or has failed, or the timeout has passed. */
export async function awaitReady(
  kubectl: Kubectl,
  targets: readonly WaitTarget[],
  { namespace, timeoutMs, startedAt = performance.now(), onStates }: WaitOptions,
): Promise<WaitResult> {
  let changedAt = performance.now();
  let phases = "";
  let states: ServiceState[] = [];
  const check = async (isLast: boolean) => {
    states = await readStates(kubectl, targets, namespace);
    const now = performance.now();
    const before = phases;
    phases = states.map(({ phase }) => phase).join();
    if (phases !== before) {
      changedAt = now;
      await retryTriggers(kubectl, findStuckTriggers(targets, states), namespace);
    }
    const isOver = isLast || isSettled(states, now - changedAt);
    onStates(isOver ? states : states.map(withoutPassingFailure));
    return isOver;
  };
  await pollUntil(check, { timeoutMs, startedAt });
  const late = ` ${describeTimeout(timeoutMs)}`;
  const failures = targets.map(async (target, index) => {
    const state = states[index];
    if (state === undefined || state.phase === "ready") return [];
    const sentence = await explainTarget(kubectl, target, state, namespace);
    return [sentence + (state.phase === "waiting" ? late : "")];
  });
  return { states, failures: (await Promise.all(failures)).flat() };
}

/** The message that a wait ended with its timeout. */
export function describeTimeout(timeoutMs: number): string {
  return `Gave up after ${timeoutMs / 1000} s (--timeout).`;
}

function withoutPassingFailure(state: ServiceState): ServiceState {
  return state.phase === "failed" ? { ...state, phase: "waiting" } : state;
}

/** Whether the wait is over, if the states have not changed for `unchangedMs` milliseconds. */
export function isSettled(states: readonly ServiceState[], unchangedMs: number): boolean {
  if (states.some((state) => state.phase === "waiting" || waitsForNode(state))) return false;
  return states.every(({ phase }) => phase === "ready") || unchangedMs >= failureGraceMs;
}

// Pods that scale to zero free capacity, and a cluster may add a node. Both take longer than
// `failureGraceMs`.
function waitsForNode({ phase, message }: ServiceState): boolean {
  return phase === "failed" && /\bnodes are available\b/.test(message);
}

/** The names of the failed Triggers if all other targets are ready; none otherwise. */
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

// Eventing 1.23 retries a Trigger with an exponential delay of up to minutes. Any change of the Trigger
// makes Eventing reconcile it immediately.
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
  return targets.map(({ resource, name }) => {
    const object = found.find(
      (each) => resourceOf(each) === resource && each.metadata.name === name,
    );
    if (object !== undefined) return readState(object);
    const absent = { phase: "waiting", reason: "NotFound", message: "" } as const;
    return { name, ...absent, revision: undefined, url: undefined };
  });
}
