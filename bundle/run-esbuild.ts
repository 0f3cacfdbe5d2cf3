import { join } from "node:path";
import type { BuildOptions } from "esbuild";

let runningCount = 0;

/** The files of one build, as paths from the repository's root. */
export interface BuildFiles {
  /** The files that esbuild read, and the names of plugins' modules: `namespace:path`. */
  readonly inputs: readonly string[];
  /** The inputs of which the output contains at least one byte. */
  readonly bundled: readonly string[];
}

/**
 * Runs esbuild, and stops its process when the last of the concurrent builds has ended: otherwise it would
 * keep about 480 MB after the ten functions. Rejects with esbuild's errors.
 */
export async function runEsbuild(options: BuildOptions): Promise<BuildFiles> {
  // Loaded here, because bundles that are up to date do not need it.
  const { build, stop } = await import("esbuild");
  const absWorkingDir = join(import.meta.dirname, "..");
  runningCount += 1;
  try {
    const { metafile } = await build({ ...options, metafile: true, absWorkingDir });
    const bundled = Object.values(metafile.outputs).flatMap((output) =>
      Object.keys(output.inputs).filter((path) => output.inputs[path]?.bytesInOutput),
    );
    return { inputs: Object.keys(metafile.inputs), bundled: bundled.filter(isFile) };
  } finally {
    runningCount -= 1;
    if (runningCount === 0) await stop();
  }
}

/** Whether an input is a file, and not a plugin's module. */
export function isFile(input: string): boolean {
  return !/^\w+:/.test(input);
}
