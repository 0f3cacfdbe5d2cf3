import { setTimeout as sleep } from "node:timers/promises";
import type { ApiServer } from "#backends/api-server.ts";
import { epochMs } from "../records/clock.ts";
import { InstanceLog } from "./instance-log.ts";
import type { Observation } from "./platform.ts";
import { type Pod, readPod, serviceLabel } from "./read-pod.ts";

interface PodList {
  readonly metadata: { readonly resourceVersion: string };
  readonly items: readonly Pod[];
}

interface WatchEvent {
  readonly type: string;
  readonly object: Pod;
}

const reconnectMs = 500;

/** Watches the pods of all functions of a namespace until it is stopped. */
export class PodWatch {
  readonly #api: ApiServer;
  /** The path of the list that `list` requests. */
  readonly path: string;
  readonly #pods = new Map<string, Pod>();
  readonly #logs = new Set<InstanceLog>();
  readonly #closing = new AbortController();

  constructor(api: ApiServer, namespace: string) {
    this.#api = api;
    this.path = `/api/v1/namespaces/${namespace}/pods?labelSelector=${serviceLabel}`;
    void this.#run();
  }

  /** The pods in any phase, as the API server reports them now. */
  list(): Promise<PodList> {
    return this.#api.request<PodList>(this.path);
  }

  /** Records all changes from now on, starting with the current pods. */
  observe(): Observation {
    const log = new InstanceLog();
    const now = epochMs();
    for (const pod of this.#pods.values()) log.record(readPod(pod, now), now);
    this.#logs.add(log);
    return { instances: () => log.records, stop: () => this.#logs.delete(log) };
  }

  /** Ends the watch. */
  close(): void {
    this.#closing.abort();
  }

  // The API server ends a watch after some minutes. The next list contains the missed changes.
  async #run(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      try {
        const { metadata, items } = await this.list();
        this.#replaceAll(items);
        const path = `${this.path}&watch=1&resourceVersion=${metadata.resourceVersion}`;
        for await (const event of this.#api.watch<WatchEvent>(path, signal)) this.#take(event);
      } catch {
        await sleep(reconnectMs, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  #replaceAll(pods: readonly Pod[]): void {
    const names = new Set(pods.map(({ metadata }) => metadata.name));
    for (const [name, pod] of this.#pods) if (!names.has(name)) this.#remove(pod);
    for (const pod of pods) this.#record(pod);
  }

  #take({ type, object }: WatchEvent): void {
    if (type === "DELETED") this.#remove(object);
    else if (type === "ADDED" || type === "MODIFIED") this.#record(object);
    // The version is too old: the watch ends, and starts again from a list.
    else if (type === "ERROR") throw new Error("the watch has ended");
  }

  #record(pod: Pod): void {
    this.#pods.set(pod.metadata.name, pod);
    const now = epochMs();
    for (const log of this.#logs) log.record(readPod(pod, now), now);
  }

  #remove(pod: Pod): void {
    this.#pods.delete(pod.metadata.name);
    const now = epochMs();
    for (const log of this.#logs) log.recordRemoval(pod.metadata.name, now);
  }
}
