import { rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { writeCommit, writeThisCheckout } from "./checkout.ts";
import { type Compared, compareSamples, createSamples, inOrder, type Sides } from "./compared.ts";
import { timeFirstPage } from "./first-page.ts";
import type { Measuring } from "./options.ts";

/** Milliseconds from the spawn of `npm start` until the home page is complete, in both checkouts. */
export interface ComparedStarts {
  /** In a new checkout with packages: nothing is built. */
  readonly fresh: Compared;
  /** Again, with nothing changed. */
  readonly unchanged: Compared;
}

/** Starts vary little, so these rounds are enough. */
const maxRounds = 10;

/**
 * Compares the times of `npm start`. In each round the files of both checkouts are written to new folders, with
 * links to the packages, and both start twice.
 *
 * @param commit the other commit
 * @param packages the `node_modules` of both
 */
export async function compareStarts(
  commit: string,
  packages: Sides<string>,
  dataDir: string,
  {
    rounds: given,
    onProgress,
    signal,
  }: Pick<Measuring, "rounds" | "onProgress"> & { signal: AbortSignal },
): Promise<ComparedStarts> {
  const fresh = createSamples();
  const unchanged = createSamples();
  const rounds = Math.min(given, maxRounds);
  // Round 0 fills the system's file cache.
  for (let round = 0; round <= rounds; round++) {
    for (const side of inOrder(round)) {
      onProgress(`npm start, round ${round} of ${rounds}: ${side}`);
      const folder = join(dataDir, `${side}-start`);
      await rm(folder, { recursive: true, force: true });
      if (side === "checkout") await writeThisCheckout(folder, signal);
      else await writeCommit(commit, folder, signal);
      await symlink(packages[side], join(folder, "node_modules"), "junction");
      const freshMs = await timeFirstPage(folder);
      const unchangedMs = await timeFirstPage(folder);
      if (round === 0) continue;
      fresh[side].push(freshMs);
      unchanged[side].push(unchangedMs);
    }
  }
  return { fresh: compareSamples(fresh), unchanged: compareSamples(unchanged) };
}
