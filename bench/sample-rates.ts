import { labelOf, type MeasuredCall, type Rpc } from "./calls.ts";
import { nextIndex } from "./first-answer.ts";
import type { Measuring } from "./options.ts";
import { readCpuUs } from "./process-usage.ts";
import type { RunningProcess } from "./processes.ts";
import { RpcClient } from "./rpc-client.ts";
import type { Shop } from "./shop.ts";
import { runBatch } from "./statistics.ts";

/** Number of concurrent RPCs. */
export const concurrency = 32;
/**
 * Number of connections: over a single one, client and server wait in turn for each other's batches,
 * and neither limits the rate.
 */
const connectionCount = 4;
/** Calls of each before the first round, until V8 has optimized all programs. */
const warmUp = { batches: 30, batchCount: 500 };
/**
 * A batch has as many calls as the slowest program answers in this time, within bounds. It contains several garbage
 * collections of each program: in shorter batches most rounds, and so the median, would have none of the long ones.
 */
const batchMs = 600;
const minBatchCount = 100;
const maxBatchCount = 20_000;

/** A process that answers an RPC. */
export interface RateSubject {
  /** The shop that gets the preparations of its calls. */
  readonly shop: Shop;
  /** The process. */
  readonly running: RunningProcess;
  /** The RPC. */
  readonly call: MeasuredCall;
}

/** One batch of a subject. */
export type RateSample = Awaited<ReturnType<typeof sampleBatch>>;

/**
 * RPCs per second of some processes: in each round a batch of each, one right after the other, and beginning with
 * another one in each round.
 *
 * @returns the samples of each process, and the number of calls that each of them got
 */
export async function sampleRates<Name extends string>(
  subjects: Readonly<Partial<Record<Name, RateSubject>>>,
  { rounds, onProgress }: Pick<Measuring, "rounds" | "onProgress">,
) {
  const named = Object.entries(subjects) as [Name, RateSubject][];
  const samples = Object.fromEntries(named.map(([name]) => [name, []])) as unknown as Record<
    Name,
    RateSample[]
  >;
  const label = labelOf(named.at(-1)?.[1].call ?? {});
  let slowest = Number.POSITIVE_INFINITY;
  for (let batch = 0; batch < warmUp.batches; batch++) {
    onProgress(`${label}, warming up`);
    for (const [, subject] of named) {
      const { perSecond } = await sampleBatch(subject, warmUp.batchCount);
      if (batch === warmUp.batches - 1) slowest = Math.min(slowest, perSecond);
    }
  }
  const fitting = Math.round((slowest * batchMs) / 1000);
  const batchCount = Math.min(maxBatchCount, Math.max(minBatchCount, fitting));
  for (let round = 1; round <= rounds; round++) {
    onProgress(`${label}, round ${round} of ${rounds}`);
    const at = round % named.length;
    for (const [name, subject] of [...named.slice(at), ...named.slice(0, at)]) {
      samples[name].push(await sampleBatch(subject, batchCount));
    }
  }
  return { samples, callCount: warmUp.batches * warmUp.batchCount + rounds * batchCount };
}

async function sampleBatch({ shop, running: { pid, port }, call }: RateSubject, count: number) {
  const indexes = Array.from({ length: count }, nextIndex);
  await prepareBatch(shop, call, indexes);
  const requests = indexes.flatMap((index) => call.rpc?.(index) ?? []);
  const cpuBeforeUs = readCpuUs(pid);
  const { perSecond, p50Ms, p99Ms } = await callAll(port, requests);
  const cpuUs = (readCpuUs(pid) ?? 0) - (cpuBeforeUs ?? 0);
  const cpuUsPerCall = cpuBeforeUs === undefined ? undefined : cpuUs / requests.length;
  return { perSecond, p50Ms, p99Ms, cpuUsPerCall };
}

async function prepareBatch(shop: Shop, call: MeasuredCall, indexes: readonly number[]) {
  const preparations = indexes.flatMap((index) => call.prepare?.(index) ?? []);
  const port = shop.running.get(preparations[0]?.functionName ?? "")?.port;
  if (port === undefined) return;
  // Calls that read the same data need it once.
  const distinct = new Map(preparations.map((each) => [each.message.toString(), each]));
  await callAll(port, [...distinct.values()]);
}

async function callAll(port: number, requests: readonly Rpc[]) {
  const clients = Array.from({ length: connectionCount }, () => new RpcClient(port));
  try {
    return await runBatch(requests.length, concurrency, async (index) => {
      const request = requests[index];
      if (request) await clients[index % connectionCount]?.call(request.path, request.message);
    });
  } finally {
    for (const client of clients) client.close();
  }
}
