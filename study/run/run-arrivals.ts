import { setTimeout as sleep } from "node:timers/promises";
import { createRandom } from "#measure/random.ts";
import { planOpenArrivals } from "../experiment/arrival.ts";
import type { Condition } from "../experiment/experiment.ts";
import type { PlannedSample } from "../experiment/plan.ts";
import type { StudyPlatform } from "../platforms/platform.ts";
import { epochMs } from "../records/clock.ts";
import type { SentStep } from "../records/sent-step.ts";
import { sendCall } from "./send-call.ts";

/** The input of a sample. */
export interface SampleContext {
  /** The measured platform. */
  readonly platform: StudyPlatform;
  /** The sample's condition. */
  readonly condition: Condition;
  /** The sample's place in the plan. */
  readonly planned: PlannedSample;
  /** Number of the attempt at this sample, from 0. */
  readonly attempt: number;
  /** Seed of the run. */
  readonly seed: number;
  /** Interrupts the sample: nothing more is sent, and running calls are cancelled. */
  readonly signal: AbortSignal;
}

/**
 * Makes the calls of one sample. Conditions have the same arrivals and visitors in the same
 * repetition. Returns the steps of each call, by its number.
 */
export async function runArrivals(context: SampleContext): Promise<SentStep[][]> {
  const { platform, condition, planned, seed, signal } = context;
  const { arrival } = condition;
  const addresses = platform.addressesOf(condition);
  const stream = 1 + planned.repetition * 0x1_0000;
  const calls: SentStep[][] = [];
  const makeCall = async (index: number, intendedAtMs: number) => {
    const random = createRandom(seed, stream + 1 + index);
    calls[index] = await sendCall(condition, { addresses, intendedAtMs, random, signal });
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
