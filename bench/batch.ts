import { quantileOf } from "#measure/quantiles.ts";

/** Calls per second, and quantiles of the latency in milliseconds. */
export type BatchResult = Awaited<ReturnType<typeof runBatch>>;

/** Makes a number of calls, `concurrency` at a time: a closed loop, so the server sets the pace. */
export async function runBatch(
  count: number,
  concurrency: number,
  call: (index: number) => Promise<unknown>,
) {
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
