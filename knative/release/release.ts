import { setTimeout as sleep } from "node:timers/promises";
import {
  findCondition,
  isObserved,
  itemsOf,
  type KubeObject,
  knativeRevisions,
  knativeServices,
  type TrafficTarget,
} from "#backends/kube-objects.ts";
import { ConfigError } from "#runtime/environment.ts";
import { readServiceState } from "../readiness/service-state.ts";
import { awaitRevision } from "./await-revision.ts";
import { type ReleaseTarget, readService } from "./release-target.ts";
import {
  findCandidate,
  findStable,
  pinTraffic,
  promote,
  rollBack,
  splitTraffic,
} from "./traffic.ts";

/** What the new revision has that the one before has not. */
export interface RevisionChange {
  /** Its image; undefined for the same one. */
  readonly image?: string | undefined;
  /** Variables to set. */
  readonly env: Readonly<Record<string, string>>;
}

/** The Route's lines now. Throws ConfigError if the function is missing. */
export async function readTraffic(target: ReleaseTarget): Promise<readonly TrafficTarget[]> {
  return trafficOf(await readService(target));
}

/** Which of the function's revisions are ready, and of the others why not; by name. */
export async function readReadiness(target: ReleaseTarget): Promise<ReadonlyMap<string, string>> {
  const { kubectl, namespace, name } = target;
  const selector = `serving.knative.dev/service=${name}`;
  const args = ["get", knativeRevisions, "-n", namespace, "-l", selector];
  const revisions = itemsOf(await kubectl.readJson(args));
  return new Map(
    revisions.map((revision) => {
      const ready = findCondition(revision, "Ready");
      return [revision.metadata.name, ready?.status === "True" ? "yes" : (ready?.reason ?? "no")];
    }),
  );
}

/**
 * Makes a new revision, waits until it is ready, and gives it its share. Answers whether it did: if it
 * did not get ready, it is deleted, and those that serve keep their shares.
 */
export async function startRelease(
  target: ReleaseTarget,
  change: RevisionChange,
  share: { tag: string; percent: number },
): Promise<boolean> {
  const service = await readService(target);
  const before = trafficOf(service);
  const stable = requireStable(target, before);
  const containers = changeContainers(service, change);
  const spec = {
    template: { spec: { containers } },
    // Nobody gets it before it has shown that it works.
    traffic: splitTraffic(stable, undefined, { ...share, percent: 0 }),
  };
  await patch(target, spec);
  const failure = await awaitRevision(target);
  if (failure !== undefined) {
    target.onFailure(failure);
    const failed = (await readService(target)).status?.latestCreatedRevisionName;
    // Back to what serves, so that the function counts as ready again.
    const template = { spec: { containers: changeContainers(service, { env: {} }) } };
    await patch(target, { template, traffic: pinTraffic(before) });
    await awaitRoute(target);
    if (!before.some(({ revisionName }) => revisionName === failed)) {
      await deleteRevision(target, failed);
    }
    return false;
  }
  const candidate = (await readService(target)).status?.latestReadyRevisionName;
  if (candidate === undefined || candidate === stable) {
    await setTraffic(target, pinTraffic(before));
    throw new ConfigError([
      `${target.name} has no new revision: it has this image and these variables`,
    ]);
  }
  await setTraffic(target, splitTraffic(stable, candidate, share));
  return true;
}

/** Gives the candidate another share. Throws ConfigError where none is being released. */
export async function moveTraffic(
  target: ReleaseTarget,
  { tag, percent }: { tag: string | undefined; percent: number },
): Promise<void> {
  const traffic = await readTraffic(target);
  const candidate = requireCandidate(target, traffic);
  const share = { tag: tag ?? candidate.tag ?? "", percent };
  const stable = requireStable(target, traffic);
  await setTraffic(target, splitTraffic(stable, candidate.revisionName, share));
}

/** Gives the candidate everything. Throws ConfigError where none is being released. */
export async function promoteCandidate(target: ReleaseTarget): Promise<void> {
  const traffic = await readTraffic(target);
  const { revisionName = "" } = requireCandidate(target, traffic);
  await setTraffic(target, promote(requireStable(target, traffic), revisionName));
}

/** Takes a candidate's share, or goes back to the revision before. Throws ConfigError where neither is. */
export async function rollBackRelease(target: ReleaseTarget): Promise<void> {
  const before = rollBack(await readTraffic(target));
  if (before !== undefined) return setTraffic(target, before);
  throw new ConfigError([
    `there is nothing to roll back: no candidate of ${target.name} has requests, and no revision served before it`,
  ]);
}

function trafficOf(service: KubeObject): readonly TrafficTarget[] {
  return service.status?.traffic ?? [];
}

async function patch({ kubectl, namespace, name }: ReleaseTarget, spec: object): Promise<void> {
  const body = JSON.stringify({ spec });
  const args = ["patch", knativeServices, name, "-n", namespace, "--type=merge", "-p", body];
  await kubectl.read([...args, "--field-manager=shop-release"]);
}

// Knative would start a container that fails again and again, until the progress deadline of ten minutes.
async function deleteRevision(
  { kubectl, namespace }: ReleaseTarget,
  name: string | undefined,
): Promise<void> {
  if (name === undefined) return;
  const args = ["delete", knativeRevisions, name, "-n", namespace];
  await kubectl.read([...args, "--ignore-not-found", "--wait=false"]);
}

async function setTraffic(target: ReleaseTarget, traffic: TrafficTarget[]): Promise<void> {
  await patch(target, { traffic });
  await awaitRoute(target);
}

// The Route is ready once the gateway has the new shares, whatever becomes of the newest revision.
async function awaitRoute(target: ReleaseTarget): Promise<void> {
  const endMs = performance.now() + target.timeoutMs;
  for (;;) {
    const service = await readService(target);
    const ready = findCondition(service, "RoutesReady");
    const isReady = isObserved(service) && ready?.status === "True";
    const phase = isReady ? "ready" : "waiting";
    const reason = isReady ? "Ready" : (ready?.reason ?? "Applied");
    const name = `Route ${target.name}`;
    target.onState({ ...readServiceState(service), name, phase, reason, revision: undefined });
    if (isReady) return;
    if (performance.now() > endMs) {
      const why = ready?.message ?? ready?.reason ?? "Knative has not looked at it";
      throw new ConfigError([`the Route of ${target.name} did not take the split: ${why}`]);
    }
    await sleep(500);
  }
}

function changeContainers(service: KubeObject, { image, env }: RevisionChange): object[] {
  const { template } = service.spec as { template: { spec: { containers: Container[] } } };
  const [first, ...others] = structuredClone(template.spec.containers);
  if (first === undefined) return others;
  if (image !== undefined) first.image = image;
  const kept = (first.env ?? []).filter(({ name }) => !Object.hasOwn(env, name));
  first.env = [...kept, ...Object.entries(env).map(([name, value]) => ({ name, value }))];
  return [first, ...others];
}

interface Container {
  image: string;
  env?: { name: string; value?: string }[];
}

function requireStable({ name }: ReleaseTarget, traffic: readonly TrafficTarget[]): string {
  const stable = findStable(traffic)?.revisionName;
  if (stable !== undefined) return stable;
  throw new ConfigError([`${name} has no revision that serves: run shop status`]);
}

function requireCandidate(
  { name }: ReleaseTarget,
  traffic: readonly TrafficTarget[],
): TrafficTarget {
  const candidate = findCandidate(traffic);
  if (candidate !== undefined) return candidate;
  throw new ConfigError([`${name} has no candidate: give --image or --env for a new revision`]);
}
