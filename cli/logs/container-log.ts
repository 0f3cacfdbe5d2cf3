import { findUserContainer, type KubeObject, userContainer } from "#backends/kube-objects.ts";
import type { Kubectl } from "#backends/kubectl.ts";
import { SeenLines, withoutTime } from "./seen-lines.ts";

/** The label of pods that has the name of their function. */
export const serviceLabel = "serving.knative.dev/service";

/** The state of a function's container in a pod at one moment. */
export type SeenContainer = ReturnType<typeof findContainer>;

/** Finds the function's container in a pod. */
export function findContainer(object: KubeObject) {
  const { metadata } = object;
  const { restartCount = 0, state, lastState } = findUserContainer(object) ?? {};
  const isRunning = state?.running !== undefined;
  return {
    pod: metadata.name,
    service: metadata.labels?.[serviceLabel] ?? "",
    /** Each restart starts an instance with a log of its own. */
    restartCount,
    isRunning,
    /** Whether an instance has started, so that there is a log. */
    hasStarted: isRunning || state?.terminated !== undefined || lastState?.terminated !== undefined,
  };
}

// The instance whose log is read: the one before the last restart, or the last one.
type InstanceLog = "previous" | "current";

interface ReadSoFar {
  /** The number of restarts before the instance that was read last. */
  readonly restartCount: number;
  /** Whether kubectl read the log to its end. */
  readonly isComplete: boolean;
}

/**
 * Which instances' logs have to be read next. After a restart these include the previous instance, which
 * may have written its last lines after the connection ended. An instance that still runs is read again.
 *
 * @param last the reads so far; undefined if there are none
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

/** Which lines of each container's log are read, and the function that receives them. */
export interface ReadOptions {
  /** The namespace of the pods. */
  readonly namespace: string;
  /** Epoch milliseconds; older lines are not read. */
  readonly sinceMs: number;
  /** Continues until the container ends or the signal aborts. */
  readonly follow: boolean;
  /** Ends the reading. */
  readonly signal: AbortSignal;
  /** Receives each line and the name of its function. */
  readonly onLine: (line: string, service: string) => void;
}

/** Reads the log of a container across its restarts, each line once. */
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

  /** Starts to read new lines unless a read is in progress. */
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

  /** Resolves when no read is in progress. */
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
    // If the pod has not started or was deleted, kubectl's exit code is not 0.
    const { exitCode } = await this.#kubectl.stream([...args, "--timestamps"], {
      signal,
      onLine: (line) => {
        if (this.#seen.isNew(line)) onLine(withoutTime(line), service);
      },
    });
    return exitCode;
  }
}
