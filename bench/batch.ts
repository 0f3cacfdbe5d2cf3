import { quantileOf } from "#measure/quantiles.ts";

/** Rate and latencies of a batch of calls. */
export interface BatchResult {
  /** Calls per second. */
  readonly perSecond: number;
  /** Median latency in milliseconds. */
  readonly p50Ms: number;
  /** 99th percentile of the latency in milliseconds. */
  readonly p99Ms: number;
}

/** Makes a number of calls, `concurrency` at a time: a closed loop, so the server sets the pace. */
export async function runBatch(
  count: number,
  concurrency: number,
  call: (index: number) => Promise<unknown>,
): Promise<BatchResult> {
  const latenciesMs: number[] = [];
  let next = 0;
  const work = async () => {
    while (next < count) {
      const index = next++;
      const startMs = performance.now();
      await call(index);
      latenciesMs.push(performance.now() - startMs);
    }
  };
  const startMs = performance.now();
  await Promise.all(Array.from({ length: concurrency }, work));
  const elapsedMs = performance.now() - startMs;
  return {
    perSecond: (count * 1000) / elapsedMs,
    p50Ms: quantileOf(latenciesMs, 0.5),
    p99Ms: quantileOf(latenciesMs, 0.99),
  };
}
