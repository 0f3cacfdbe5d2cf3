import type { KubeObject } from "#backends/kube-objects.ts";
import { userContainer } from "#backends/kube-objects.ts";
import type { Kubectl } from "#backends/kubectl.ts";
import { SeenLines, withoutTime } from "./seen-lines.ts";

/** The label of a pod with the name of its function. */
export const serviceLabel = "serving.knative.dev/service";

/** A function's container in a pod, as the cluster shows it at a moment. */
export interface SeenContainer {
  readonly pod: string;
  /** The function's name. */
  readonly service: string;
  /** How often it was restarted: each restart is another instance with a log of its own. */
  readonly restartCount: number;
  readonly isRunning: boolean;
  /** Whether an instance has run, so that there is a log. */
  readonly hasStarted: boolean;
}

/** Finds the function's container in a pod. */
export function findContainer({ metadata, status }: KubeObject): SeenContainer {
  const { containerStatuses = [] } = (status ?? {}) as { containerStatuses?: ContainerStatus[] };
  const container = containerStatuses.find(({ name }) => name === userContainer);
  const { restartCount = 0, state, lastState } = container ?? {};
  const isRunning = state?.running !== undefined;
  return {
    pod: metadata.name,
    service: metadata.labels?.[serviceLabel] ?? "",
    restartCount,
    isRunning,
    hasStarted: isRunning || state?.terminated !== undefined || lastState?.terminated !== undefined,
  };
}

interface ContainerStatus {
  readonly name: string;
  readonly restartCount?: number;
  readonly state?: { readonly running?: object; readonly terminated?: object };
  readonly lastState?: { readonly terminated?: object };
}

/** The log of which instance of a container is read: the one before its last restart, or the last one. */
export type InstanceLog = "previous" | "current";

/** What was read of a container's log. */
export interface ReadSoFar {
  /** The restarts before the instance that was read last. */
  readonly restartCount: number;
  /** Whether kubectl read to the end of what was there. */
  readonly isComplete: boolean;
}

/**
 * What has to be read next of a container's log. After a restart also the log of the instance before:
 * its last lines may have come after the connection had ended. One that still runs is read on.
 *
 * @param last what was read before; undefined if nothing was
 * @param isNew whether the pod was created while its log is followed
 */
export function planReads(
  { restartCount, isRunning, hasStarted }: SeenContainer,
  last: ReadSoFar | undefined,
  isNew: boolean,
): InstanceLog[] {
  if (!hasStarted) return [];
  const hasRestarted =
    last === undefined ? isNew && restartCount > 0 : restartCount > last.restartCount;
  if (hasRestarted) return ["previous", "current"];
  return last === undefined || isRunning || !last.isComplete ? ["current"] : [];
}

/** What is read of each container's log, and who gets the lines. */
export interface ReadOptions {
  readonly namespace: string;
  /** Epoch milliseconds; older lines are left out. */
  readonly sinceMs: number;
  /** Goes on until the container ends or the signal aborts. */
  readonly follow: boolean;
  readonly signal: AbortSignal;
  /** Gets each line and its function's name. */
  readonly onLine: (line: string, service: string) => void;
}

/** Reads the log of a container over its restarts: each line once. */
export class ContainerLog {
  readonly #kubectl: Kubectl;
  readonly #options: ReadOptions;
  readonly #isNew: boolean;
  readonly #seen = new SeenLines();
  #last: ReadSoFar | undefined;
  #reading: Promise<void> | undefined;

  /** @param isNew whether the pod was created while its log is followed */
  constructor(kubectl: Kubectl, options: ReadOptions, isNew: boolean) {
    this.#kubectl = kubectl;
    this.#options = options;
    this.#isNew = isNew;
  }

  /** Starts to read what has come, if nothing is being read. */
  update(container: SeenContainer): void {
    if (this.#reading !== undefined) return;
    const reads = planReads(container, this.#last, this.#isNew);
    if (reads.length === 0) return;
    this.#reading = this.#readAll(container, reads).finally(() => {
      this.#reading = undefined;
    });
  }

  /** Reads the log of the instance before the last restart, once. */
  async readPrevious(container: SeenContainer): Promise<void> {
    await this.#read(container, "previous");
  }

  /** Resolves when nothing is being read. */
  async ended(): Promise<void> {
    await this.#reading;
  }

  async #readAll(container: SeenContainer, reads: readonly InstanceLog[]): Promise<void> {
    let exitCode = 0;
    for (const each of reads) exitCode = await this.#read(container, each);
    this.#last = { restartCount: container.restartCount, isComplete: exitCode === 0 };
  }

  async #read({ pod, service }: SeenContainer, instance: InstanceLog): Promise<number> {
    const { namespace, sinceMs, follow, signal, onLine } = this.#options;
    const since = this.#seen.since ?? new Date(sinceMs).toISOString();
    const args = ["logs", pod, "-n", namespace, "-c", userContainer, `--since-time=${since}`];
    if (instance === "previous") args.push("--previous");
    else if (follow) args.push("--follow");
    // kubectl's message about a pod that is just starting or gone shows in the exit code.
    const { exitCode } = await this.#kubectl.stream([...args, "--timestamps"], {
      signal,
      onLine: (line) => {
        if (this.#seen.isNew(line)) onLine(withoutTime(line), service);
      },
    });
    return exitCode;
  }
}
