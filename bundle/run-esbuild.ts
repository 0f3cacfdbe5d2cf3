import { join } from "node:path";
import type { BuildOptions } from "esbuild";

let runningCount = 0;

/**
 * Runs esbuild, and stops its process when the last of the concurrent builds has ended: otherwise it would
 * keep about 480 MB after the ten functions. Rejects with esbuild's errors.
 *
 * @returns the inputs, as paths from the repository's root, and the names of plugins' modules
 */
export async function runEsbuild(options: BuildOptions): Promise<string[]> {
  // Loaded here, because bundles that are up to date do not need it.
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
