import { setTimeout as sleep } from "node:timers/promises";
import { spreadOf } from "#measure/quantiles.ts";
import { baselineCall, baselineFunction, baselineName } from "./baseline.ts";
import { labelOf, type MeasuredCall, measuredCallOf } from "./calls.ts";
import { echoOf } from "./first-answer.ts";
import type { Measuring } from "./options.ts";
import { type RunningProcess, startProcess } from "./processes.ts";
import { concurrency, type RateSample, sampleRates } from "./sample-rates.ts";
import type { Shop } from "./shop.ts";
import { compare } from "./statistics.ts";

/** After this time the last spans have been sent. */
const spanDelayMs = 1000;
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
  const spansBefore = await shop.countSpans();
  const { samples, callCount } = await sampleRates(
    {
      echo: { shop, running: echo, call: echoOf(call) },
      function: { shop, running, call },
    },
    measuring,
  );
  await sleep(spanDelayMs);
  const spanCount = (await shop.countSpans()) - spansBefore;
  const summary = summarizeRpc(samples.function, samples.echo);
  return { ...summary, ...subject, call: labelOf(call), callCount, spanCount };
}

function summarizeRpc(samples: readonly RateSample[], echoSamples: readonly RateSample[]) {
  const read = (of: readonly RateSample[], field: keyof RateSample) =>
    of.flatMap((one) => one[field] ?? []);
  const spread = (field: keyof RateSample) => spreadOf(read(samples, field));
  const ratio = (field: keyof RateSample) =>
    compare(read(samples, field), read(echoSamples, field));
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
