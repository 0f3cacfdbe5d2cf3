import { join } from "node:path";
import type { BuildOptions } from "esbuild";

let runningCount = 0;

/**
 * Runs esbuild, whose process ends with the last build that runs at the same time: it would keep some
 * 480 MB after the ten functions. Rejects with esbuild's errors.
 *
 * @returns what was read, as paths from the repository's root, and the names of plugins' modules
 */
export async function runEsbuild(options: BuildOptions): Promise<string[]> {
  // Loaded here: what runs bundles that are up to date does without.
  const { build, stop } = await import("esbuild");
  const absWorkingDir = join(import.meta.dirname, "..");
  runningCount += 1;
  try {
    const { metafile } = await build({ ...options, metafile: true, absWorkingDir });
    return Object.keys(metafile.inputs);
  } finally {
    runningCount -= 1;
    if (runningCount === 0) await stop();
  }
}
