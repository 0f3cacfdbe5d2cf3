import type { KubeObject } from "#backends/kube-objects.ts";
import type { Kubectl } from "#backends/kubectl.ts";
import type { Progress } from "#measure/progress.ts";
import { knativeServicesOf } from "../manifests/render-manifests.ts";
import { awaitReady } from "../readiness/await-ready.ts";
import { formatStates, type ServiceState } from "../readiness/service-state.ts";
import { findWaitTargets } from "../readiness/workload-state.ts";
import { applyManifests, type CheckedManifests } from "./apply-manifests.ts";

/** How objects are rolled out, and the receivers of progress. */
export interface RollOutOptions {
  /** Where they go. */
  readonly namespace: string;
  /** How many Knative Services get a new revision at a time. */
  readonly batchSize: number;
  /** For all of it. */
  readonly timeoutMs: number;
  /** Gets a line before each batch. */
  readonly onLine: (line: string) => void;
  /** A new receiver of states, for each thing that is waited for. */
  readonly createProgress: () => Progress;
}

/** How it ended. */
export interface RollOutResult {
  /** What was waited for, functions first. */
  readonly states: readonly ServiceState[];
  /** Sentences about what is not ready or was refused; empty when all is ready. */
  readonly failures: readonly string[];
}

/**
 * Applies what the functions depend on and what has not changed, then the other functions in batches,
 * and waits for each batch before the next. After a batch that fails the others are left as they are.
 */
export async function rollOut(
  kubectl: Kubectl,
  { objects, unchanged }: Pick<CheckedManifests, "objects" | "unchanged">,
  options: RollOutOptions,
): Promise<RollOutResult> {
  const { namespace, timeoutMs, batchSize, onLine } = options;
  const startedAt = performance.now();
  const states: ServiceState[] = [];
  const wait = async (awaited: readonly KubeObject[]) => {
    const targets = findWaitTargets(awaited);
    if (targets.length === 0) return [];
    const progress = options.createProgress();
    const onStates = (now: readonly ServiceState[]) => progress.update(...formatStates(now));
    const waitOptions = { namespace, timeoutMs, startedAt, onStates };
    const result = await awaitReady(kubectl, targets, waitOptions);
    states.push(...result.states);
    return result.failures;
  };

  const changed = knativeServicesOf(objects).filter(
    ({ metadata }) => !unchanged.includes(metadata.name),
  );
  const others = objects.filter((object) => !changed.includes(object));
  const refused = await applyManifests(kubectl, others, namespace);
  if (refused.length > 0) return { states, failures: refused };
  if (unchanged.length > 0) onLine(`${unchanged.length} functions are unchanged`);
  const batches = batchServices(changed, batchSize);
  for (const [index, batch] of batches.entries()) {
    const done = index * batchSize;
    onLine(
      `rolling out ${done + 1}-${done + batch.length} of ${changed.length}: ${namesOf(batch)}`,
    );
    const refusedBatch = await applyManifests(kubectl, batch, namespace);
    const failures = refusedBatch.length > 0 ? refusedBatch : await wait(batch);
    if (failures.length === 0) continue;
    const rest = batches.slice(index + 1).flat();
    if (rest.length > 0) failures.push(`Not deployed after that: ${namesOf(rest)}.`);
    return { states, failures };
  }
  return { states, failures: await wait(others) };
}

/** Knative Services by name, in batches. */
export function batchServices(services: readonly KubeObject[], size: number): KubeObject[][] {
  const sorted = services.toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  const starts = Array.from({ length: Math.ceil(sorted.length / size) }, (_, n) => n * size);
  return starts.map((start) => sorted.slice(start, start + size));
}

function namesOf(objects: readonly KubeObject[]): string {
  return objects.map(({ metadata }) => metadata.name).join(", ");
}
