import { join } from "node:path";
import { ConfigError } from "#runtime/environment.ts";
import { findTwoCpus, pinProcess } from "./pin-process.ts";
import { readPeakMemory } from "./process-usage.ts";
import { startProcess } from "./processes.ts";
import type { Shop } from "./shop.ts";
import type { TrafficPhase, TrafficResult } from "./traffic-phase.ts";

/** The part `overload`: latencies in milliseconds, rates per second. */
export type OverloadResult = Awaited<ReturnType<typeof measureOverload>>;

interface OverloadMeasuring {
  /** How long the shop is overloaded, in milliseconds. */
  readonly durationMs: number;
  /** Receives a short text about the current measurement. */
  readonly onProgress: (text: string) => void;
}

/** Offered load as a multiple of the peak. */
const overloadFactor = 10;
/** Offered load of the unloaded shop, and after the overload, as a part of the peak. */
const unloadedFactor = 0.1;
/** Concurrent visitors whose rate is the first estimate of the peak. */
const estimateUsers = 8;
/** The factor between two rates that are tried for the peak. */
const peakStep = 1.2;
/** An accepted request may take this multiple of the unloaded p99. */
const maxP99Factor = 5;
/** How long the shop is watched after the overload. */
const recoveryMs = 15_000;

/**
 * Overloads the shop with an open loop at ten times its peak, with generator and shop on one CPU each. The
 * peak and the latencies of the unloaded shop are measured in the same way before.
 *
 * @throws ConfigError without Linux, taskset and two CPUs
 */
export async function measureOverload(shop: Shop, { durationMs, onProgress }: OverloadMeasuring) {
  const [generatorCpu, shopCpu] = findTwoCpus();
  const args = [join(import.meta.dirname, "peers", "visitors.ts")];
  const visitors = await startProcess({ name: "visitors", args, env: {} });
  const functions = [...shop.running.values()];
  const frontend = shop.running.get("frontend");
  if (!frontend) throw new ConfigError(["the shop has no frontend: expected one in functions/"]);
  for (const { pid } of functions) pinProcess(pid, shopCpu);
  for (const { pid } of [visitors, shop.sink]) pinProcess(pid, generatorCpu);
  let seed = 0;
  const send = async (what: string, phase: Omit<TrafficPhase, "url" | "seed">) => {
    onProgress(`overload: ${what}`);
    seed += 1;
    const url = `http://127.0.0.1:${frontend.port}`;
    const body = JSON.stringify({ ...phase, url, seed } satisfies TrafficPhase);
    const response = await fetch(`http://127.0.0.1:${visitors.port}/`, { method: "POST", body });
    return (await response.json()) as TrafficResult;
  };
  try {
    const shortMs = Math.max(5000, durationMs / 8);
    await send("warm-up", { users: estimateUsers, durationMs: 2 * shortMs });
    const estimate = await send("estimate", { users: estimateUsers, durationMs: shortMs });
    const sendPeak = (rate: number) => send("peak", { tasksPerSecond: rate, durationMs: shortMs });
    const peakRate = await findPeakRate((estimate.taskCount * 1000) / shortMs, sendPeak);
    // Again, because the best of several measurements is also the luckiest one.
    const { acceptedPerSecond: peakBefore } = await sendPeak(peakRate);
    const unloadedRate =
      (unloadedFactor * peakBefore * estimate.taskCount) / estimate.acceptedCount;
    const unloaded = await send("unloaded", {
      tasksPerSecond: unloadedRate,
      durationMs: Math.max(10_000, durationMs / 2),
    });
    const slowMs = maxP99Factor * unloaded.p99Ms;
    const offeredPerSecond = overloadFactor * peakBefore;
    const overloaded = await send("ten times the peak", {
      tasksPerSecond: offeredPerSecond,
      durationMs,
    });
    const after = await send("after the overload", {
      tasksPerSecond: unloadedRate,
      durationMs: recoveryMs,
      slowMs,
    });
    const { acceptedPerSecond: peakAfter } = await sendPeak(peakRate);
    const peakPerSecond = (peakBefore + peakAfter) / 2;
    return {
      durationMs,
      /** Accepted requests per second at the peak: the mean of before and after the overload. */
      peakPerSecond,
      peakBefore,
      peakAfter,
      offeredPerSecond,
      unloaded,
      overloaded,
      after,
      /** Goodput during the overload as a part of the peak. */
      goodputXPeak: overloaded.acceptedPerSecond / peakPerSecond,
      /** The p99 of accepted requests as a multiple of the unloaded one. */
      p99XUnloaded: overloaded.p99Ms / unloaded.p99Ms,
      /** Peak resident memory of each function, in bytes. */
      memory: functions
        .map(({ name, pid }) => ({ name, rssBytes: readPeakMemory(pid) }))
        .sort((a, b) => b.rssBytes - a.rssBytes),
      /** From the end of the overload until no request was rejected, failed or slow. */
      normalAfterMs: after.lastAbnormalMs,
    };
  } finally {
    await visitors.stop();
  }
}

/**
 * Raises the rate of tasks until two rates in a row have not brought more accepted requests per second.
 * Returns the best rate.
 */
async function findPeakRate(startRate: number, send: (rate: number) => Promise<TrafficResult>) {
  let best = { rate: startRate, acceptedPerSecond: 0 };
  let misses = 0;
  for (let rate = startRate; misses < 2; rate *= peakStep) {
    const { acceptedPerSecond } = await send(rate);
    misses = acceptedPerSecond > best.acceptedPerSecond ? 0 : misses + 1;
    if (misses === 0) best = { rate, acceptedPerSecond };
  }
  return best.rate;
}
