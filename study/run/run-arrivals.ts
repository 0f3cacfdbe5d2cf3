import { setTimeout as sleep } from "node:timers/promises";
import { createRandom } from "#measure/random.ts";
import { planOpenArrivals } from "../experiment/arrival.ts";
import type { Condition } from "../experiment/experiment.ts";
import type { Addresses } from "../platforms/platform.ts";
import { epochMs } from "../records/clock.ts";
import type { SentStep } from "../records/sent-step.ts";
import { sendCall } from "./send-call.ts";

/** What the calls of a sample need besides their condition. */
export interface ArrivalOptions {
  /** Where the calls go. */
  readonly addresses: Addresses;
  /** Seed of the run. */
  readonly seed: number;
  /** Number of the repetition. Conditions have the same arrivals and visitors in the same repetition. */
  readonly repetition: number;
  /** Ends the sample: nothing more is sent, and running calls are cancelled. */
  readonly signal: AbortSignal;
  /** Called after each call. */
  readonly onCall?: (steps: readonly SentStep[]) => void;
}

/** Makes the calls of one sample. Returns the steps of each call, by its number. */
export async function runArrivals(
  condition: Condition,
  options: ArrivalOptions,
): Promise<SentStep[][]> {
  const { arrival } = condition;
  const { seed, repetition, addresses, signal, onCall } = options;
  const stream = 1 + repetition * 0x1_0000;
  const calls: SentStep[][] = [];
  const makeCall = async (index: number, intendedAtMs: number) => {
    const random = createRandom(seed, stream + 1 + index);
    const steps = await sendCall(condition, { addresses, intendedAtMs, random, signal });
    calls[index] = steps;
    onCall?.(steps);
  };
  const pause = (ms: number) => sleep(ms, undefined, { signal }).catch(() => undefined);
  const runUser = async (user: number, count: number, thinkMs: number) => {
    for (let index = 0; index < count && !signal.aborted; index++) {
      if (index > 0) await pause(thinkMs);
      await makeCall(user * count + index, epochMs());
    }
  };
  if (arrival.kind === "closed") {
    const { users, calls: count, thinkMs } = arrival;
    await Promise.all(Array.from({ length: users }, (_, user) => runUser(user, count, thinkMs)));
    return calls;
  }
  const startMs = epochMs();
  const due = planOpenArrivals(arrival, createRandom(seed, stream));
  const work = due.map(async (atMs, index) => {
    await pause(Math.max(0, startMs + atMs - epochMs()));
    if (!signal.aborted) await makeCall(index, startMs + atMs);
  });
  await Promise.all(work);
  return calls;
}
