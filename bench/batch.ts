import { quantileOf } from "#measure/quantiles.ts";

/** What a batch of calls took. */
export interface BatchResult {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/**
 * Makes a number of calls, at most `concurrency` at once: a closed loop, so that the server sets
 * the pace.
 */
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
