import type { InstanceRecord } from "../records/sample-record.ts";

const observed = ["address", "scheduledAtMs", "sandboxAtMs", "startedAtMs", "readyAtMs"] as const;

/** One observation of an instance: the moments known so far. */
export type InstanceSighting = Pick<InstanceRecord, "function" | "id"> &
  Partial<Pick<InstanceRecord, (typeof observed)[number]>>;

/** Records when each moment of each instance was first observed. */
export class InstanceLog {
  readonly #records = new Map<string, InstanceRecord>();

  /** All instances, in the order in which they were first observed. */
  get records(): readonly InstanceRecord[] {
    return [...this.#records.values()];
  }

  /** Records an observation of an instance. */
  record(sighting: InstanceSighting, nowMs: number): void {
    const known = this.#records.get(sighting.id) ?? {
      function: sighting.function,
      id: sighting.id,
      address: null,
      createdAtMs: nowMs,
      scheduledAtMs: null,
      sandboxAtMs: null,
      startedAtMs: null,
      readyAtMs: null,
      goneAtMs: null,
    };
    const news = observed.flatMap((key) =>
      known[key] === null && sighting[key] != null ? [[key, sighting[key]]] : [],
    );
    this.#records.set(sighting.id, { ...known, ...Object.fromEntries(news) });
  }

  /** Records that an instance was removed. */
  recordRemoval(id: string, nowMs: number): void {
    const known = this.#records.get(id);
    if (known && known.goneAtMs === null) this.#records.set(id, { ...known, goneAtMs: nowMs });
  }
}

/**
 * Seconds that instances existed within an interval, by function. An instance costs its resource
 * requests, which its node reserves from when the instance is scheduled until it is removed.
 */
export function countPodSeconds(
  instances: readonly InstanceRecord[],
  fromMs: number,
  untilMs: number,
): Record<string, number> {
  const seconds: Record<string, number> = {};
  for (const { function: name, createdAtMs, scheduledAtMs, goneAtMs } of instances) {
    const startMs = Math.max(fromMs, scheduledAtMs ?? createdAtMs);
    const endMs = Math.min(untilMs, goneAtMs ?? untilMs);
    seconds[name] = (seconds[name] ?? 0) + Math.max(0, endMs - startMs) / 1000;
  }
  return seconds;
}
