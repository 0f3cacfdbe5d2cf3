import { setTimeout as delay } from "node:timers/promises";
import { BackendError } from "#backends/backend-error.ts";
import { findCondition, itemsOf, type KubeObject } from "#backends/kube-objects.ts";
import { type Kubectl, KubectlError } from "#backends/kubectl.ts";
import { serviceLabel } from "../logs/container-log.ts";

/** The function that has the orders. */
export const checkoutservice = "checkoutservice";

// Its jobs call checkoutservice, which starts a pod of it.
const sweepCronJob = `${checkoutservice}-sweep`;

interface PodOptions {
  /** The shop's namespace. */
  readonly namespace: string;
  /** Milliseconds to wait for a pod to become ready. */
  readonly timeoutMs: number;
}

/**
 * Calls `use` with the name of a ready pod of checkoutservice. If it has none, it is started by a job of
 * its sweep, which is deleted at the end. Rejects with BackendError if no pod becomes ready.
 */
export async function withCheckoutPod<T>(
  kubectl: Pick<Kubectl, "read" | "readJson" | "run">,
  options: PodOptions,
  use: (pod: string) => Promise<T>,
): Promise<T> {
  const { namespace } = options;
  const running = await findReadyPod(kubectl, namespace);
  if (running !== undefined) return use(running);
  const job = `${sweepCronJob}-${Date.now().toString(36)}`;
  const create = ["create", "job", job, `--from=cronjob/${sweepCronJob}`, "-n", namespace];
  await kubectl.read(create).catch((error: unknown) => {
    if (!(error instanceof KubectlError)) throw error;
    throw new BackendError(
      `${checkoutservice} has no pod in namespace ${namespace}, and a job that starts one cannot be created: ${error.message}`,
      { cause: error },
    );
  });
  try {
    return await use(await awaitReadyPod(kubectl, options));
  } finally {
    // If this does not run, the CronJob deletes the job with its own ones.
    await kubectl.run([
      "delete",
      "job",
      job,
      "-n",
      namespace,
      "--wait=false",
      "--ignore-not-found",
    ]);
  }
}

const checkEveryMs = 500;

async function awaitReadyPod(
  kubectl: Pick<Kubectl, "readJson">,
  { namespace, timeoutMs }: PodOptions,
): Promise<string> {
  const endMs = performance.now() + timeoutMs;
  while (performance.now() < endMs) {
    const pod = await findReadyPod(kubectl, namespace);
    if (pod !== undefined) return pod;
    await delay(checkEveryMs);
  }
  throw new BackendError(
    `no pod of ${checkoutservice} in namespace ${namespace} was ready after ${timeoutMs / 1000} s (--timeout): \`npx shop status\` shows why`,
  );
}

/** The newest pod that is ready and not about to end. */
async function findReadyPod(
  kubectl: Pick<Kubectl, "readJson">,
  namespace: string,
): Promise<string | undefined> {
  const selector = `${serviceLabel}=${checkoutservice}`;
  const pods = await kubectl.readJson(["get", "pods", "-n", namespace, "-l", selector]);
  const isReady = (pod: KubeObject) =>
    pod.metadata.deletionTimestamp === undefined && findCondition(pod, "Ready")?.status === "True";
  const createdAt = ({ metadata }: KubeObject) => metadata.creationTimestamp ?? "";
  return itemsOf(pods)
    .filter(isReady)
    .toSorted((a, b) => (createdAt(a) < createdAt(b) ? 1 : -1))[0]?.metadata.name;
}
