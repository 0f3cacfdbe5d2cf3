import { quantileOf } from "#measure/quantiles.ts";
import {
  type Compared,
  compareSamples,
  createSamples,
  forBoth,
  inOrder,
  type Sides,
  sides,
} from "../compared.ts";
import type { Measuring } from "../options.ts";
import { readCpuUs, readMemoryOf } from "../process-usage.ts";
import { ratiosOf, runBatch } from "../statistics.ts";
import { type PageName, pageNames, Visitor } from "./visitor.ts";

/** A running shop with Online Boutique's pages. */
export interface Storefront {
  /** Its address. */
  readonly url: string;
  /** The ids of its processes; none if its CPU time and memory are not measured. */
  readonly pids: () => readonly number[];
}

/** A page of both shops. */
export interface ComparedPage {
  /** The page. */
  readonly page: PageName;
  /** Pages per second of ten users. */
  readonly perSecond: Compared;
  /** p99 of ten users in milliseconds, one for each round. */
  readonly p99Ms: Compared;
  /** Latencies of one user in milliseconds; the ratios are those of the rounds' medians. */
  readonly oneUserMs: Compared;
  /** CPU time of all processes for one page of ten users in milliseconds; null if it is not measured. */
  readonly cpuMsPerPage: Compared | null;
  /** Memory of all processes after the pages of ten users, PSS in bytes; null if it is not measured. */
  readonly pssBytes: Compared | null;
}

/** Concurrent users when pages per second are counted. */
export const userCount = 10;

/** Numbers of pages of each kind and shop. */
const defaultCounts = {
  /** Before the first round, until V8 has optimized. */
  warmUp: 1000,
  /** Of one user, in each round. */
  alone: 50,
  /** Of ten users, in each round. */
  together: 400,
};

type Samples = ReturnType<typeof createPageSamples>;

/**
 * Compares the pages of two shops that run at the same time. In each round each page is loaded by one user
 * and then by ten, from one shop right after the other, in alternating order: only one is loaded at a time.
 */
export async function comparePages(
  shops: Sides<Storefront>,
  { rounds, onProgress }: Pick<Measuring, "rounds" | "onProgress">,
  counts = defaultCounts,
): Promise<readonly ComparedPage[]> {
  const visitors: Visitor[] = [];
  try {
    const opened = await forBoth(async (side) => {
      const visitor = await Visitor.open(shops[side].url, userCount);
      visitors.push(visitor);
      return visitor;
    });
    const samples = pageNames.map(createPageSamples);
    for (const { page } of samples) {
      for (const side of sides) {
        onProgress(`warming up pages: ${page}`);
        await opened[side].connect();
        await runBatch(counts.warmUp, userCount, () => opened[side].load(page));
      }
    }
    for (let round = 1; round <= rounds; round++) {
      for (const each of samples) {
        onProgress(`pages, round ${round} of ${rounds}: ${each.page}`);
        await sampleAlone(each, opened, round, counts.alone);
        await sampleTogether(each, opened, shops, round, counts.together);
      }
    }
    return samples.map(summarizePage);
  } finally {
    for (const visitor of visitors) visitor.close();
  }
}

function createPageSamples(page: PageName) {
  return {
    page,
    aloneMs: createSamples(),
    aloneP50Ms: createSamples(),
    perSecond: createSamples(),
    p99Ms: createSamples(),
    cpuMs: createSamples(),
    pssBytes: createSamples(),
  };
}

async function sampleAlone(
  samples: Samples,
  visitors: Sides<Visitor>,
  round: number,
  count: number,
): Promise<void> {
  for (const side of inOrder(round)) {
    await visitors[side].connect();
    const load = () => visitors[side].load(samples.page);
    const { latenciesMs } = await runBatch(count, 1, load);
    samples.aloneMs[side].push(...latenciesMs);
    samples.aloneP50Ms[side].push(quantileOf(latenciesMs, 0.5));
  }
}

async function sampleTogether(
  samples: Samples,
  visitors: Sides<Visitor>,
  shops: Sides<Storefront>,
  round: number,
  count: number,
): Promise<void> {
  for (const side of inOrder(round)) {
    await visitors[side].connect();
    const pids = shops[side].pids();
    const beforeUs = pids.map(readCpuUs);
    const load = () => visitors[side].load(samples.page);
    const { perSecond, p99Ms } = await runBatch(count, userCount, load);
    const cpuUs = pids.reduce(
      (sum, pid, at) => sum + (readCpuUs(pid) ?? 0) - (beforeUs[at] ?? 0),
      0,
    );
    samples.perSecond[side].push(perSecond);
    samples.p99Ms[side].push(p99Ms);
    samples.cpuMs[side].push(cpuUs / 1000 / count);
    samples.pssBytes[side].push(readMemoryOf(pids).pssBytes ?? 0);
  }
}

function summarizePage(samples: Samples): ComparedPage {
  const { page, perSecond, p99Ms, aloneMs, aloneP50Ms, cpuMs, pssBytes } = samples;
  const measured = (of: Sides<number[]>) =>
    sides.every((side) => of[side].every((sample) => sample > 0)) ? compareSamples(of) : null;
  return {
    page,
    perSecond: compareSamples(perSecond),
    p99Ms: compareSamples(p99Ms),
    oneUserMs: compareSamples(aloneMs, ratiosOf(aloneP50Ms.checkout, aloneP50Ms.reference)),
    cpuMsPerPage: measured(cpuMs),
    pssBytes: measured(pssBytes),
  };
}
