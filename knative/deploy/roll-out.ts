import type { KubeObject } from "#backends/kube-objects.ts";
import type { Kubectl } from "#backends/kubectl.ts";
import type { Progress } from "#measure/progress.ts";
import { knativeServicesOf } from "../manifests/render-manifests.ts";
import { awaitReady } from "../readiness/await-ready.ts";
import { formatStates, type ServiceState } from "../readiness/service-state.ts";
import { findWaitTargets } from "../readiness/workload-state.ts";
import { applyManifests, type CheckedManifests } from "./apply-manifests.ts";

/** How objects are rolled out, and who receives the progress. */
export interface RollOutOptions {
  /** The namespace to deploy to. */
  readonly namespace: string;
  /** The number of Knative Services that get a new revision at the same time. */
  readonly batchSize: number;
  /** Milliseconds for the whole rollout. */
  readonly timeoutMs: number;
  /** Receives a line before each batch. */
  readonly onLine: (line: string) => void;
  /** Creates the progress output of one wait. */
  readonly createProgress: () => Progress;
}

/** The result of a rollout. */
export interface RollOutResult {
  /** The last states, functions first. */
  readonly states: readonly ServiceState[];
  /** A message for each object that is not ready or was refused. */
  readonly failures: readonly string[];
}

/**
 * Applies the functions' dependencies and unchanged functions, then the changed functions in batches, and
 * waits for each batch before the next. If a batch fails, the remaining functions are not changed.
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

/** Knative Services in batches, sorted by name. */
export function batchServices(services: readonly KubeObject[], size: number): KubeObject[][] {
  const sorted = services.toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  const starts = Array.from({ length: Math.ceil(sorted.length / size) }, (_, n) => n * size);
  return starts.map((start) => sorted.slice(start, start + size));
}

function namesOf(objects: readonly KubeObject[]): string {
  return objects.map(({ metadata }) => metadata.name).join(", ");
}
