import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createRandom, type Random } from "#measure/random.ts";

/** A day of traffic, scaled down. */
export interface DayOptions {
  /** Duration of the day in milliseconds. */
  readonly durationMs: number;
  /** Visits per second in the quietest hour. */
  readonly lowestPerSecond: number;
  /** Visits per second in the busiest hour. */
  readonly highestPerSecond: number;
}

/** The day of `storefront-day.csv`: ten minutes, so an hour takes 25 seconds. */
export const storefrontDay: DayOptions = {
  durationMs: 600_000,
  lowestPerSecond: 0.02,
  highestPerSecond: 1.2,
};

/**
 * Visits at a time of the day, as a share of the busiest hour, from 0 to 1: two cosines, with periods
 * of a day and half a day, give a quiet night, a rise at noon, and a peak in the evening.
 */
export function diurnalShare(hour: number): number {
  const day = Math.cos(((hour - 18) / 24) * 2 * Math.PI);
  const half = Math.cos(((hour - 20) / 12) * 2 * Math.PI);
  const share = 0.5 + 0.35 * day + 0.15 * half;
  // Squared, since nights are quieter than a cosine.
  return Math.min(1, Math.max(0, share)) ** 2;
}

/**
 * Arrival times of a Poisson process whose rate follows the day, by thinning (Lewis and Shedler): each
 * arrival at the highest rate is kept with the share of its hour. Milliseconds, ascending.
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

/** The content of the CSV file, including its origin. */
export function writeDay(seed: number): string {
  const rows = generateDay(storefrontDay, createRandom(seed)).map((atMs) => atMs.toFixed(1));
  const head = `# A day of visits in ten minutes, drawn by study/experiments/generate-day.ts with seed ${seed}.`;
  return `${[head, "at_ms", ...rows].join("\n")}\n`;
}

// As a program, this file writes the CSV file.
if (import.meta.main) writeFileSync(join(import.meta.dirname, "storefront-day.csv"), writeDay(1));
