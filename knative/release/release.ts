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
import { pollUntil } from "../readiness/poll-until.ts";
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

/** The difference between the new revision and the previous one. */
export interface RevisionChange {
  /** Its image; undefined to keep the image. */
  readonly image?: string | undefined;
  /** Variables to set; undefined removes one. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The Route's current traffic targets. Rejects with ConfigError if the function does not exist. */
export async function readTraffic(target: ReleaseTarget): Promise<readonly TrafficTarget[]> {
  return trafficOf(await readService(target));
}

/** The readiness of each of the function's revisions by name: `yes`, or the reason why not. */
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
 * Creates a new revision, waits until it is ready, and assigns its share. Returns false if it does not
 * become ready: it is deleted then, and the other revisions keep their shares.
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
    // It gets requests only after it is ready.
    traffic: splitTraffic(stable, undefined, { ...share, percent: 0 }),
  };
  await patch(target, spec);
  const failure = await awaitRevision(target);
  if (failure !== undefined) {
    target.onFailure(failure);
    const failed = (await readService(target)).status?.latestCreatedRevisionName;
    // The previous template makes the function ready again.
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
      `${target.name} has no new revision: its image and variables are the same already`,
    ]);
  }
  await setTraffic(target, splitTraffic(stable, candidate, share));
  return true;
}

/** Changes the candidate's share. Rejects with ConfigError if the function has no candidate. */
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

/** Sends all requests to the candidate. Rejects with ConfigError if the function has no candidate. */
export async function promoteCandidate(target: ReleaseTarget): Promise<void> {
  const traffic = await readTraffic(target);
  const { revisionName = "" } = requireCandidate(target, traffic);
  await setTraffic(target, promote(requireStable(target, traffic), revisionName));
}

/**
 * Sends the candidate no requests or, without a candidate, sends all requests to the previous revision.
 * Rejects with ConfigError if neither is possible.
 */
export async function rollBackRelease(target: ReleaseTarget): Promise<void> {
  const before = rollBack(await readTraffic(target));
  if (before !== undefined) return setTraffic(target, before);
  throw new ConfigError([
    `nothing to roll back: no candidate of ${target.name} has requests, and it has no previous revision`,
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

// Knative would restart the failing container until the progress deadline of ten minutes.
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

// The Route is ready when the gateway has the new shares, whether or not the newest revision is ready.
async function awaitRoute(target: ReleaseTarget): Promise<void> {
  let why = "";
  const check = async () => {
    const service = await readService(target);
    const ready = findCondition(service, "RoutesReady");
    const isReady = isObserved(service) && ready?.status === "True";
    const phase = isReady ? "ready" : "waiting";
    const reason = isReady ? "Ready" : (ready?.reason ?? "Applied");
    const name = `Route ${target.name}`;
    target.onState({ ...readServiceState(service), name, phase, reason, revision: undefined });
    why = ready?.message ?? ready?.reason ?? "Knative has not processed the change";
    return isReady;
  };
  if (await pollUntil(check, { timeoutMs: target.timeoutMs, pollMs: 500 })) return;
  throw new ConfigError([`the Route of ${target.name} did not apply the split: ${why}`]);
}

function changeContainers(service: KubeObject, { image, env }: RevisionChange): object[] {
  const { template } = service.spec as { template: { spec: { containers: Container[] } } };
  const [first, ...others] = structuredClone(template.spec.containers);
  if (first === undefined) return others;
  if (image !== undefined) first.image = image;
  const kept = (first.env ?? []).filter(({ name }) => !Object.hasOwn(env, name));
  const set = Object.entries(env).flatMap(([name, value]) =>
    value === undefined ? [] : [{ name, value }],
  );
  first.env = [...kept, ...set];
  return [first, ...others];
}

interface Container {
  image: string;
  env?: { name: string; value?: string }[];
}

function requireStable({ name }: ReleaseTarget, traffic: readonly TrafficTarget[]): string {
  const stable = findStable(traffic)?.revisionName;
  if (stable !== undefined) return stable;
  throw new ConfigError([`${name} has no revision that gets requests: run shop status`]);
}

function requireCandidate(
  { name }: ReleaseTarget,
  traffic: readonly TrafficTarget[],
): TrafficTarget {
  const candidate = findCandidate(traffic);
  if (candidate !== undefined) return candidate;
  throw new ConfigError([`${name} has no candidate: give --image or --env for a new revision`]);
}
