import { setTimeout as delay } from "node:timers/promises";
import { BackendError } from "#backends/backend-error.ts";
import { itemsOf, knativeServices } from "#backends/kube-objects.ts";
import type { Kubectl } from "#backends/kubectl.ts";
import { ConfigError } from "#runtime/environment.ts";
import {
  ContainerLog,
  findContainer,
  type ReadOptions,
  type SeenContainer,
  serviceLabel,
} from "./container-log.ts";

interface ClusterLogOptions extends ReadOptions {
  /** The functions; all if it is empty. */
  readonly services: readonly string[];
  /** Reads only the log of each container's instance before its last restart. */
  readonly previous: boolean;
}

// Short, because a function may start and end between two page views.
const listEveryMs = 1000;

/**
 * Reads the logs of all pods of functions; with `follow` also of pods that start later, and of
 * containers that restart.
 *
 * Rejects with ConfigError if the namespace does not have one of the functions, and with BackendError
 * if `previous` is set and no container has restarted.
 */
export async function readClusterLines(
  kubectl: Kubectl,
  options: ClusterLogOptions,
): Promise<void> {
  await checkServices(kubectl, options);
  if (options.previous) return readPreviousLines(kubectl, options);
  const { follow, signal } = options;
  const logs = new Map<string, ContainerLog>();
  for (let isFirst = true; ; isFirst = false) {
    for (const container of await listContainers(kubectl, options)) {
      const log = logs.get(container.pod) ?? new ContainerLog(kubectl, options, !isFirst);
      logs.set(container.pod, log);
      log.update(container);
    }
    if (!follow) break;
    await delay(listEveryMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) break;
  }
  await Promise.all([...logs.values()].map((log) => log.ended()));
}

async function readPreviousLines(kubectl: Kubectl, options: ClusterLogOptions): Promise<void> {
  const containers = await listContainers(kubectl, options);
  const restarted = containers.filter(({ restartCount }) => restartCount > 0);
  if (restarted.length === 0) {
    const { services, namespace } = options;
    const of = services.length === 0 ? "any function" : services.join(", ");
    throw new BackendError(
      `no container of ${of} in namespace ${namespace} has restarted: leave out --previous`,
    );
  }
  await Promise.all(
    restarted.map((each) => new ContainerLog(kubectl, options, false).readPrevious(each)),
  );
}

async function checkServices(
  kubectl: Kubectl,
  { namespace, services }: ClusterLogOptions,
): Promise<void> {
  const found = itemsOf(await kubectl.readJson(["get", knativeServices, "-n", namespace]));
  const known = found.map(({ metadata }) => metadata.name);
  if (known.length === 0) {
    throw new ConfigError([
      `namespace ${namespace} has no functions: deploy the shop, or pass another --namespace`,
    ]);
  }
  checkNames(services, known, `in namespace ${namespace}`);
}

/** Throws ConfigError with all function names if one of the names is unknown. */
export function checkNames(
  names: readonly string[],
  known: readonly string[],
  where: string,
): void {
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  throw new ConfigError([
    `no function is named ${unknown.join(", ")} ${where}: expected some of ${known.join(", ")}`,
  ]);
}

async function listContainers(
  kubectl: Kubectl,
  { namespace, services }: ClusterLogOptions,
): Promise<SeenContainer[]> {
  const selector =
    services.length === 0 ? serviceLabel : `${serviceLabel} in (${services.join(",")})`;
  const pods = await kubectl.readJson(["get", "pods", "-n", namespace, "-l", selector]);
  return itemsOf(pods).map(findContainer);
}
