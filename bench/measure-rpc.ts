import { setTimeout as sleep } from "node:timers/promises";
import { spreadOf } from "#measure/quantiles.ts";
import { baselineCall, baselineFunction, baselineName } from "./baseline.ts";
import { labelOf, type MeasuredCall, measuredCallOf, type Rpc } from "./calls.ts";
import { echoOf, nextIndex } from "./first-answer.ts";
import type { Measuring } from "./options.ts";
import { readCpuUs } from "./process-usage.ts";
import { type RunningProcess, startProcess } from "./processes.ts";
import { RpcClient } from "./rpc-client.ts";
import type { Shop } from "./shop.ts";
import { type BatchResult, compare, runBatch } from "./statistics.ts";

/** Number of concurrent RPCs. */
const concurrency = 32;
/**
 * Number of connections: over a single one, client and server wait in turn for each other's batches,
 * and neither limits the rate.
 */
const connectionCount = 4;
/** After this time the last spans have been sent. */
const spanDelayMs = 1000;
/** Calls of each before the first round, until V8 has optimized both programs. */
const warmUp = { batches: 30, batchCount: 500 };
/** A batch has as many calls as the function answers in this time, within bounds. */
const batchMs = 300;
const minBatchCount = 100;
const maxBatchCount = 1000;

interface Subject {
  readonly name: string;
  readonly call: MeasuredCall;
  readonly running: RunningProcess;
  readonly echo: RunningProcess;
  /** Number of functions that it calls: their work is in its figures. */
  readonly dependencyCount: number;
}

/** The part `rpc`: counts of calls include the warm-up, and spans those of dependencies. */
export type RpcResult = Awaited<ReturnType<typeof measureRpc>>;

type RpcOf = Awaited<ReturnType<typeof compareWithEcho>>;

interface Sample extends BatchResult {
  readonly cpuUsPerCall: number | undefined;
}

/**
 * RPCs per second with all telemetry on, and of the echo server given the same messages. In each
 * round a batch of each, one right after the other.
 */
export async function measureRpc(shop: Shop, measuring: Measuring) {
  const echo = await startProcess(shop.planPeer("echo"));
  const results: RpcOf[] = [];
  let baseline: RpcOf | null = null;
  try {
    for (const manifest of measuring.manifests) {
      const { name, dependencies } = manifest;
      const call = measuredCallOf(manifest);
      const running = shop.running.get(name);
      if (!call.rpc || !running) continue;
      const dependencyCount = dependencies.length;
      const subject = { name, call, running, echo, dependencyCount };
      results.push(await compareWithEcho(shop, measuring, subject));
      if (name === baselineFunction) baseline = await measureBaseline(shop, measuring, echo);
    }
  } finally {
    await echo.stop();
  }
  return { concurrency, functions: results, baseline };
}

async function measureBaseline(shop: Shop, measuring: Measuring, echo: RunningProcess) {
  if (!shop.baselinePlan) return null;
  const running = await startProcess(shop.baselinePlan);
  try {
    const subject = { name: baselineName, call: baselineCall, running, echo, dependencyCount: 0 };
    return await compareWithEcho(shop, measuring, subject);
  } finally {
    await running.stop();
  }
}

async function compareWithEcho(
  shop: Shop,
  measuring: Measuring,
  { running, echo, ...subject }: Subject,
) {
  const { call } = subject;
  const echoCall = echoOf(call);
  const samples: Sample[] = [];
  const echoSamples: Sample[] = [];
  const spansBefore = await shop.countSpans();
  let perSecond = 0;
  for (let batch = 0; batch < warmUp.batches; batch++) {
    await sampleBatch(shop, echo, echoCall, warmUp.batchCount);
    ({ perSecond } = await sampleBatch(shop, running, call, warmUp.batchCount));
  }
  const fitting = Math.round((perSecond * batchMs) / 1000);
  const batchCount = Math.min(maxBatchCount, Math.max(minBatchCount, fitting));
  for (let round = 1; round <= measuring.rounds; round++) {
    measuring.onProgress(`${labelOf(call)}, round ${round} of ${measuring.rounds}`);
    echoSamples.push(await sampleBatch(shop, echo, echoCall, batchCount));
    samples.push(await sampleBatch(shop, running, call, batchCount));
  }
  await sleep(spanDelayMs);
  const spanCount = (await shop.countSpans()) - spansBefore;
  const callCount = warmUp.batches * warmUp.batchCount + measuring.rounds * batchCount;
  const summary = summarizeRpc(samples, echoSamples);
  return { ...summary, ...subject, call: labelOf(call), callCount, spanCount };
}

async function sampleBatch(
  shop: Shop,
  { pid, port }: RunningProcess,
  call: MeasuredCall,
  count: number,
): Promise<Sample> {
  const indexes = Array.from({ length: count }, nextIndex);
  await prepareBatch(shop, call, indexes);
  const requests = indexes.flatMap((index) => call.rpc?.(index) ?? []);
  const cpuBeforeUs = readCpuUs(pid);
  const result = await callAll(port, requests);
  const cpuUs = (readCpuUs(pid) ?? 0) - (cpuBeforeUs ?? 0);
  const cpuUsPerCall = cpuBeforeUs === undefined ? undefined : cpuUs / requests.length;
  return { ...result, cpuUsPerCall };
}

async function prepareBatch(shop: Shop, call: MeasuredCall, indexes: readonly number[]) {
  const preparations = indexes.flatMap((index) => call.prepare?.(index) ?? []);
  const port = shop.running.get(preparations[0]?.functionName ?? "")?.port;
  if (port === undefined) return;
  // Calls that read the same data need it once.
  const distinct = new Map(preparations.map((each) => [each.message.toString(), each]));
  await callAll(port, [...distinct.values()]);
}

async function callAll(port: number, requests: readonly Rpc[]): Promise<BatchResult> {
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

function summarizeRpc(samples: readonly Sample[], echoSamples: readonly Sample[]) {
  const read = (of: readonly Sample[], field: keyof Sample) =>
    of.flatMap((one) => one[field] ?? []);
  const spread = (field: keyof Sample) => spreadOf(read(samples, field));
  const ratio = (field: keyof Sample) => compare(read(samples, field), read(echoSamples, field));
  const hasCpu = read(samples, "cpuUsPerCall").length > 0;
  return {
    perSecond: spread("perSecond"),
    echoPerSecond: spreadOf(read(echoSamples, "perSecond")),
    perSecondXEcho: ratio("perSecond"),
    p50Ms: spread("p50Ms"),
    p50XEcho: ratio("p50Ms"),
    p99Ms: spread("p99Ms"),
    p99XEcho: ratio("p99Ms"),
    /** CPU time of the function's process in microseconds; null where the system has none. */
    cpuUsPerCall: hasCpu ? spread("cpuUsPerCall") : null,
    cpuXEcho: hasCpu ? ratio("cpuUsPerCall") : null,
    samplesPerSecond: read(samples, "perSecond"),
    echoSamplesPerSecond: read(echoSamples, "perSecond"),
  };
}
