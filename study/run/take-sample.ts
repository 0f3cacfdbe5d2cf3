import { loadavg } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { createRandom } from "#measure/random.ts";
import { parseServerTiming } from "#runtime/server-timing.ts";
import { findBoots } from "../attribution/attribute-step.ts";
import { entryFunctionOf } from "../experiment/entry-function.ts";
import type { Condition } from "../experiment/experiment.ts";
import { countPodSeconds } from "../platforms/instance-log.ts";
import type { Observation } from "../platforms/platform.ts";
import type { CallRow } from "../records/call-row.ts";
import { epochMs } from "../records/clock.ts";
import type { InstanceRecord, SampleRecord, ZeroProof } from "../records/sample-record.ts";
import type { SentStep } from "../records/sent-step.ts";
import { collectTraces } from "./collect-traces.ts";
import { runArrivals, type SampleContext } from "./run-arrivals.ts";
import { sendCall } from "./send-call.ts";
import { writeRows } from "./write-rows.ts";

/** The result of an attempt at a sample. */
export interface TakenSample {
  /** The line of `samples.jsonl`. */
  readonly record: SampleRecord;
  /** Empty if the sample was rejected. */
  readonly rows: readonly CallRow[];
}

/**
 * Takes one sample: applies its condition, verifies that no instance runs if it starts at zero, makes the
 * calls, and counts instances until the end. Rejects with the signal's reason, and with the platform's
 * errors.
 */
export async function takeSample(context: SampleContext): Promise<TakenSample> {
  const { platform, condition, signal } = context;
  await platform.prepare(condition, signal);
  signal.throwIfAborted();
  const fromZero = condition.from === "zero";
  const isAtZero = fromZero ? await platform.waitForZero(signal) : true;
  if (!fromZero) await warmUp(context);
  signal.throwIfAborted();
  if (!isAtZero) return reject(context, null, "the functions did not reach zero in time");
  const observation = platform.observe();
  try {
    const zero = fromZero ? await platform.verifyZero() : null;
    if (zero && zero.instances.length > 0) {
      return reject(context, zero, "an instance ran right before the sample");
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
  const { platform, condition, planned, signal } = context;
  const { loadAverage, startedAtMs, ...base } = describe(context, zero);
  const calls = await runArrivals(context);
  signal.throwIfAborted();
  const steps = calls.flat();
  if (!steps.some(({ isOk }) => isOk)) await platform.checkAlive();
  if (zero && !metColdStart(condition, calls[0] ?? [], observation.instances(), startedAtMs)) {
    return reject(context, zero, "the first call met a running instance");
  }
  const [traced, endedAtMs] = await Promise.all([
    collectTraces(platform, steps, signal),
    waitForEnd(context, startedAtMs),
  ]);
  signal.throwIfAborted();
  const instances = observation.instances();
  const podSeconds = countPodSeconds(instances, startedAtMs, endedAtMs);
  const hasTotal = condition.entry.kind === "checkout" && condition.deployment !== "floor";
  const boots = findBoots(traced);
  const attribution = { platform: platform.kind, instances, boots, hasTotal };
  const { rows, coldStarts, criticalPaths } = writeRows(planned, calls, traced, attribution);
  const observed = { startedAtMs, endedAtMs, podSeconds, instances, coldStarts, criticalPaths };
  return { record: { ...base, verdict: "kept", reason: null, ...observed, loadAverage }, rows };
}

/** Two calls that are not counted. The second one shows that connections and code are warm. */
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

// A failed call does not show whether an instance ran. It is kept as a failed call.
function metColdStart(
  condition: Condition,
  first: readonly SentStep[],
  instances: readonly InstanceRecord[],
  startedAtMs: number,
): boolean {
  if (!first.every(({ isOk }) => isOk)) return true;
  const entry = entryFunctionOf(condition);
  const isReportedCold = first.some(({ serverTiming }) =>
    parseServerTiming(serverTiming).some(({ service }) => service === entry),
  );
  const wasStarted = instances.some(
    ({ function: name, createdAtMs }) => name === entry && createdAtMs >= startedAtMs,
  );
  return isReportedCold || wasStarted;
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
  const { startedAtMs, loadAverage, ...base } = describe(context, zero);
  const observed = { startedAtMs, endedAtMs: startedAtMs, podSeconds: {}, instances: [] };
  const none = { coldStarts: [], criticalPaths: [] };
  const record = {
    ...base,
    verdict: "rejected",
    reason,
    ...observed,
    ...none,
    loadAverage,
  } as const;
  return { record, rows: [] };
}

function describe({ planned, attempt }: SampleContext, zero: ZeroProof | null) {
  const [loadAverage = 0] = loadavg();
  return { ...planned, attempt, zero, startedAtMs: epochMs(), loadAverage };
}
