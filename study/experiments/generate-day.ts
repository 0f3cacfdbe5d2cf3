import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createRandom, type Random } from "#measure/random.ts";

/** A day in short. */
export interface DayOptions {
  /** How long the day takes. */
  readonly durationMs: number;
  /** Visits at the quietest and at the busiest hour, in visits per second of the short day. */
  readonly lowestPerSecond: number;
  readonly highestPerSecond: number;
}

/** What `storefront-day.csv` holds: a day in ten minutes, an hour in 25 seconds. */
export const storefrontDay: DayOptions = {
  durationMs: 600_000,
  lowestPerSecond: 0.02,
  highestPerSecond: 1.2,
};

/**
 * The share of the busiest hour at a time of the day, from 0 to 1: two cosines, of a day and of half
 * a day, give a night without customers, a noon, and an evening's peak, as shops see them.
 */
export function diurnalShare(hour: number): number {
  const day = Math.cos(((hour - 18) / 24) * 2 * Math.PI);
  const half = Math.cos(((hour - 20) / 12) * 2 * Math.PI);
  const share = 0.5 + 0.35 * day + 0.15 * half;
  // Squared, since nights are quieter than a cosine has them.
  return Math.min(1, Math.max(0, share)) ** 2;
}

/**
 * Arrival times of a Poisson process whose rate follows the day, by thinning (Lewis and Shedler): of
 * arrivals at the highest rate each is kept with the share of its hour. Milliseconds, ascending.
 */
export function generateDay(options: DayOptions, random: Random): number[] {
  const { durationMs, lowestPerSecond, highestPerSecond } = options;
  const times: number[] = [];
  for (let atMs = 0; ; ) {
    atMs += (-Math.log(1 - random()) * 1000) / highestPerSecond;
    if (atMs >= durationMs) return times;
    const share = diurnalShare((atMs / durationMs) * 24);
    const perSecond = lowestPerSecond + (highestPerSecond - lowestPerSecond) * share;
    if (random() * highestPerSecond < perSecond) times.push(atMs);
  }
}

/** The text of the file, with where it comes from. */
export function writeDay(seed: number): string {
  const rows = generateDay(storefrontDay, createRandom(seed)).map((atMs) => atMs.toFixed(1));
  const head = `# A day of visits in ten minutes, drawn by study/experiments/generate-day.ts with seed ${seed}.`;
  return `${[head, "at_ms", ...rows].join("\n")}\n`;
}

// Run as a program it writes the file anew.
if (import.meta.main) writeFileSync(join(import.meta.dirname, "storefront-day.csv"), writeDay(1));
