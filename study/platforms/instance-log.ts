import type { InstanceRecord } from "../records/sample-record.ts";

/** What is seen of an instance: the moments that are known now. */
export type InstanceSighting = Pick<InstanceRecord, "function" | "id"> &
  Partial<
    Pick<InstanceRecord, "address" | "scheduledAtMs" | "sandboxAtMs" | "startedAtMs" | "readyAtMs">
  >;

/** Keeps the first moment at which each thing was seen of each instance. */
export class InstanceLog {
  readonly #records = new Map<string, InstanceRecord>();

  /** All instances in the order in which they were first seen. */
  get records(): readonly InstanceRecord[] {
    return [...this.#records.values()];
  }

  /** Something was seen of an instance. */
  note(sighting: InstanceSighting, nowMs: number): void {
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
    this.#records.set(sighting.id, {
      ...known,
      address: known.address ?? sighting.address ?? null,
      scheduledAtMs: known.scheduledAtMs ?? sighting.scheduledAtMs ?? null,
      sandboxAtMs: known.sandboxAtMs ?? sighting.sandboxAtMs ?? null,
      startedAtMs: known.startedAtMs ?? sighting.startedAtMs ?? null,
      readyAtMs: known.readyAtMs ?? sighting.readyAtMs ?? null,
    });
  }

  /** An instance is not there any more. */
  noteGone(id: string, nowMs: number): void {
    const known = this.#records.get(id);
    if (known && known.goneAtMs === null) this.#records.set(id, { ...known, goneAtMs: nowMs });
  }
}

/**
 * Seconds that instances existed within a stretch of time, by function. What an instance costs is
 * its requests, which are taken from its node from when it is scheduled until it is gone.
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
