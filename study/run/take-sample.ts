import { loadavg } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { createRandom } from "#measure/random.ts";
import { parseServerTiming } from "#runtime/server-timing.ts";
import { findBoots } from "../attribution/attribute-step.ts";
import { entryFunctionOf } from "../experiment/entry-function.ts";
import type { Condition } from "../experiment/experiment.ts";
import type { PlannedSample } from "../experiment/plan.ts";
import { countPodSeconds } from "../platforms/instance-log.ts";
import type { Observation, StudyPlatform } from "../platforms/platform.ts";
import type { CallRow } from "../records/call-row.ts";
import { epochMs } from "../records/clock.ts";
import type { InstanceRecord, SampleRecord, ZeroProof } from "../records/sample-record.ts";
import type { SentStep } from "../records/sent-step.ts";
import { collectTraces } from "./collect-traces.ts";
import { runArrivals } from "./run-arrivals.ts";
import { sendCall } from "./send-call.ts";
import { writeRows } from "./write-rows.ts";

/** What a sample is taken with. */
export interface SampleContext {
  readonly platform: StudyPlatform;
  readonly condition: Condition;
  readonly planned: PlannedSample;
  /** Which attempt at this sample it is, from 0. */
  readonly attempt: number;
  readonly seed: number;
  readonly signal: AbortSignal;
}

/** A sample that was taken, or why it was not. */
export interface TakenSample {
  readonly record: SampleRecord;
  /** Empty for one that was rejected. */
  readonly rows: readonly CallRow[];
}

/** The user ended the run in the middle of a sample, which counts as not taken. */
export class InterruptedError extends Error {
  override readonly name = "InterruptedError";
}

/**
 * Takes one sample: brings its condition about, verifies that nothing runs where it is to start at
 * zero, makes the calls, and counts instances until the end. Rejects with InterruptedError, and with
 * whatever the platform cannot do.
 */
export async function takeSample(context: SampleContext): Promise<TakenSample> {
  const { platform, condition, signal } = context;
  await platform.prepare(condition, signal);
  throwIfInterrupted(signal);
  const fromZero = condition.from === "zero";
  const isAtZero = fromZero ? await platform.waitForZero(signal) : true;
  if (!fromZero) await warmUp(context);
  throwIfInterrupted(signal);
  if (!isAtZero) return reject(context, null, "the functions did not go to zero in time");
  const observation = platform.observe();
  try {
    const zero = fromZero ? await platform.verifyZero() : null;
    if (zero && zero.instances.length > 0) {
      return reject(context, zero, "something still ran right before the sample");
    }
    return await measure(context, zero, observation);
  } finally {
    observation.stop();
  }
}

async function measure(
  context: SampleContext,
  zero: ZeroProof | null,
  observation: Observation,
): Promise<TakenSample> {
  const { platform, condition, planned, seed, signal } = context;
  const [loadAverage = 0] = loadavg();
  const startedAtMs = epochMs();
  const addresses = platform.addressesOf(condition);
  const { repetition } = planned;
  const calls = await runArrivals(condition, { addresses, seed, repetition, signal });
  throwIfInterrupted(signal);
  const steps = calls.flat();
  if (!steps.some(({ isOk }) => isOk)) await platform.checkAlive();
  if (zero && !metColdStart(condition, calls[0] ?? [], observation.instances(), startedAtMs)) {
    return reject(context, zero, "the first call met a running instance");
  }
  const [traced, endedAtMs] = await Promise.all([
    collectTraces(platform, steps, signal),
    waitForEnd(context, startedAtMs),
  ]);
  throwIfInterrupted(signal);
  const instances = observation.instances();
  const podSeconds = countPodSeconds(instances, startedAtMs, endedAtMs);
  const hasTotal = condition.entry.kind === "checkout" && condition.deployment !== "floor";
  const boots = findBoots(traced);
  const attribution = { platform: platform.kind, instances, boots, hasTotal };
  const { rows, coldStarts, criticalPaths } = writeRows(planned, calls, traced, attribution);
  const record: SampleRecord = {
    ...describe(context, zero),
    verdict: "kept",
    reason: null,
    startedAtMs,
    endedAtMs,
    podSeconds,
    instances,
    coldStarts,
    criticalPaths,
    loadAverage,
  };
  return { record, rows };
}

/** Two calls that nobody counts: the second shows that connections and code are warm. */
async function warmUp({
  platform,
  condition,
  seed,
  planned,
  signal,
}: SampleContext): Promise<void> {
  const addresses = platform.addressesOf(condition);
  for (const stream of [0, 1]) {
    const random = createRandom(seed, 0x8000_0000 + planned.sample * 2 + stream);
    await sendCall(condition, { addresses, intendedAtMs: epochMs(), random, signal });
  }
}

// A failed call says nothing about what ran: it counts as what it is.
function metColdStart(
  condition: Condition,
  first: readonly SentStep[],
  instances: readonly InstanceRecord[],
  startedAtMs: number,
): boolean {
  if (!first.every(({ isOk }) => isOk)) return true;
  const entry = entryFunctionOf(condition);
  const isToldCold = first.some(({ serverTiming }) =>
    parseServerTiming(serverTiming).some(({ service }) => service === entry),
  );
  const wasStarted = instances.some(
    ({ function: name, createdAtMs }) => name === entry && createdAtMs >= startedAtMs,
  );
  return isToldCold || wasStarted;
}

async function waitForEnd(
  { platform, condition, signal }: SampleContext,
  startedAtMs: number,
): Promise<number> {
  const { observeMs } = condition;
  if (observeMs === null) {
    await platform.waitForZero(signal);
    return epochMs();
  }
  const leftMs = Math.max(0, startedAtMs + observeMs - epochMs());
  await sleep(leftMs, undefined, { signal }).catch(() => undefined);
  return startedAtMs + observeMs;
}

function reject(context: SampleContext, zero: ZeroProof | null, reason: string): TakenSample {
  const nowMs = epochMs();
  const record: SampleRecord = {
    ...describe(context, zero),
    verdict: "rejected",
    reason,
    startedAtMs: nowMs,
    endedAtMs: nowMs,
    podSeconds: {},
    instances: [],
    coldStarts: [],
    criticalPaths: [],
    loadAverage: loadavg()[0] ?? 0,
  };
  return { record, rows: [] };
}

function describe({ planned, attempt }: SampleContext, zero: ZeroProof | null) {
  const { sample, condition, repetition } = planned;
  return { sample, condition, repetition, attempt, zero };
}

function throwIfInterrupted(signal: AbortSignal): void {
  if (signal.aborted) throw new InterruptedError("the run was interrupted");
}
