import { join } from "node:path";
import { type Compared, compareSamples, createSamples, inOrder, type Sides } from "../compared.ts";
import { startLocalPlatform } from "../local-platform.ts";
import { idleSoon, maxMemoryRounds, sampleAtZero, zeroPageCount } from "../measure-platform.ts";
import type { MeasuringShop } from "../options.ts";
import type { MemoryUse } from "../process-usage.ts";

/** The memory of both local platforms and their children with all functions at zero: PSS in bytes, or RSS if there is none. */
export interface ComparedZero {
  /** Before any call. */
  readonly atZero: Compared;
  /** At zero again after `pageCount` home pages. */
  readonly afterUse: Compared;
  /** Home pages between the two. */
  readonly pageCount: number;
}

/**
 * Compares the memory of the local platforms of two checkouts with all functions at zero. They run one after the
 * other: in each round both start once.
 */
export async function compareZero(
  folders: Sides<string>,
  dataDir: string,
  { rounds: given, onProgress, env }: MeasuringShop,
  pageCount = zeroPageCount,
): Promise<ComparedZero> {
  const atZero = createSamples();
  const afterUse = createSamples();
  const rounds = Math.min(given, maxMemoryRounds);
  const bytesOf = ({ pssBytes, rssBytes }: MemoryUse) => pssBytes ?? rssBytes;
  // Round 0 fills the compile caches and bundles what is not bundled.
  for (let round = 0; round <= rounds; round++) {
    for (const side of inOrder(round)) {
      onProgress(`memory at zero, round ${round} of ${rounds}: ${side}`);
      const files = join(dataDir, `${side}-zero`);
      const platform = await startLocalPlatform(folders[side], files, { ...idleSoon, ...env });
      try {
        if (round === 0) continue;
        const sample = await sampleAtZero(platform, pageCount);
        atZero[side].push(bytesOf(sample.atZero));
        afterUse[side].push(bytesOf(sample.afterUse));
      } finally {
        await platform.stop();
      }
    }
  }
  return { atZero: compareSamples(atZero), afterUse: compareSamples(afterUse), pageCount };
}
