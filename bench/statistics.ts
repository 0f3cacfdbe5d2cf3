import { quantileOf, type Spread, spreadOf } from "#measure/quantiles.ts";

/**
 * The ratios of samples to reference samples, round by round. Other load on the machine during a round
 * slows both and cancels out. Rounds whose reference is 0 are left out.
 */
export function ratiosOf(samples: readonly number[], reference: readonly number[]): number[] {
  return samples.flatMap((sample, round) => {
    const base = reference[round];
    return base === undefined || base === 0 ? [] : [sample / base];
  });
}

/** Median and quartiles of the ratios of `ratiosOf`. */
export function compare(samples: readonly number[], reference: readonly number[]): Spread {
  return spreadOf(ratiosOf(samples, reference));
}

/** Times in milliseconds with their quantiles. */
export type Times = ReturnType<typeof timesOf>;

/** Summarizes times in milliseconds. */
export function timesOf(samplesMs: readonly number[]) {
  return { p50Ms: quantileOf(samplesMs, 0.5), p90Ms: quantileOf(samplesMs, 0.9), samplesMs };
}

/** Calls per second, and quantiles of the latency in milliseconds. */
export type BatchResult = Awaited<ReturnType<typeof runBatch>>;

/**
 * Makes a number of calls, `concurrency` at a time: a closed loop, so the server limits the rate.
 */
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
    latenciesMs,
    perSecond: (count * 1000) / elapsedMs,
    p50Ms: quantileOf(latenciesMs, 0.5),
    p99Ms: quantileOf(latenciesMs, 0.99),
  };
}
