import { join } from "node:path";
import type { BuildOptions, Metafile } from "esbuild";

let runningCount = 0;

/** The files of one build, or of one of its entry points, as paths from the repository's root. */
export interface BuildFiles {
  /** The files that esbuild read, and the names of plugins' modules: `namespace:path`. */
  readonly inputs: readonly string[];
  /** The inputs of which the output contains at least one byte. */
  readonly bundled: readonly string[];
}

/** The files of one build. */
export interface BuildResult extends BuildFiles {
  /** The files of each entry point, by its path from the repository's root. */
  readonly entries: ReadonlyMap<string, BuildFiles>;
}

/**
 * Runs esbuild, and stops its process when the last of the concurrent builds has ended: otherwise it would
 * keep about 480 MB after the ten functions. Rejects with esbuild's errors.
 */
export async function runEsbuild(options: BuildOptions): Promise<BuildResult> {
  // Loaded here, because bundles that are up to date do not need it.
  const { build, stop } = await import("esbuild");
  const absWorkingDir = join(import.meta.dirname, "..");
  runningCount += 1;
  try {
    const { metafile } = await build({ ...options, metafile: true, absWorkingDir });
    const outputs = Object.values(metafile.outputs);
    const entries = outputs.flatMap((output): [string, BuildFiles][] => {
      const { entryPoint } = output;
      if (entryPoint === undefined) return [];
      return [
        [entryPoint, { inputs: inputsOf(metafile, entryPoint), bundled: bundledIn([output]) }],
      ];
    });
    return {
      inputs: Object.keys(metafile.inputs),
      bundled: bundledIn(outputs),
      entries: new Map(entries),
    };
  } finally {
    runningCount -= 1;
    if (runningCount === 0) await stop();
  }
}

// The files that an entry point imports, directly or not, and itself.
function inputsOf({ inputs }: Metafile, entryPoint: string): string[] {
  const reached = new Set([entryPoint]);
  for (const path of reached) {
    for (const each of inputs[path]?.imports ?? []) {
      if (!each.external && inputs[each.path]) reached.add(each.path);
    }
  }
  return [...reached];
}

function bundledIn(outputs: readonly Metafile["outputs"][string][]): string[] {
  const bundled = outputs.flatMap(({ inputs }) =>
    Object.keys(inputs).filter((path) => inputs[path]?.bytesInOutput),
  );
  return bundled.filter(isFile);
}

/** Whether an input is a file, and not a plugin's module. */
export function isFile(input: string): boolean {
  return !/^\w+:/.test(input);
}
