import { existsSync } from "node:fs";
import { cp, rm } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import type { BuildOptions, Plugin } from "esbuild";
import { compressFiles } from "./compress-files.ts";
import { createCutUnused } from "./cut-unused.ts";
import { type BundleTarget, isFresh, recordBundle } from "./freshness.ts";
import { createTextReader, writeLicenses } from "./licenses/write-licenses.ts";
import { readFilesOnce } from "./read-files-once.ts";
import { runEsbuild } from "./run-esbuild.ts";
import { prepareStarters } from "./write-starter.ts";

const root = join(import.meta.dirname, "..");

/** A program and its bundle, which `import.meta.dirname` names in all its files. */
export interface BundleEntry {
  /** The absolute path of the program's source. */
  readonly entry: string;
  /** The paths of its bundle. */
  readonly target: BundleTarget;
}

/** Bundles one program with the settings of functions, unless its bundle is up to date. Rejects with esbuild's errors. */
export function bundleEntry(entry: string, outfile: string): Promise<void> {
  return bundleEntries([{ entry, target: { outfile } }]);
}

/**
 * Bundles programs with the settings of functions: those whose bundle is not up to date, in one build,
 * which reads the files that they share once. Rejects with esbuild's errors.
 *
 * @param plugins further plugins of esbuild
 * @param onRunnable called, and awaited, when all programs can run; licences and records follow
 */
export async function bundleEntries(
  programs: readonly BundleEntry[],
  plugins: readonly Plugin[] = [],
  onRunnable?: () => Promise<void>,
): Promise<void> {
  const before = readFilesOnce();
  const stale = programs.filter(({ target }) => !isFresh(target, before));
  if (stale.length === 0) return onRunnable?.();
  const startedAtMs = Date.now();
  const bundling = runEsbuild({
    ...outputOptions(stale),
    bundle: true,
    platform: "node",
    target: "node24",
    format: "cjs",
    // Names are kept for stack traces.
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: "none",
    define: { "import.meta.dirname": "__dirname" },
    // `import()` of a module of Node.js would load Node's loader of ES modules, which takes milliseconds.
    supported: { "dynamic-import": false },
    plugins: [...plugins, createCutUnused()],
    // Imported only if a bundle is missing, which does not happen in an image.
    external: ["esbuild"],
    logLevel: "error",
  });
  const targets = stale.map(({ target }) => target);
  const [{ entries }, writeStarters] = await Promise.all([
    bundling,
    prepareStarters(targets),
    ...targets.map(copyAssets),
  ]);
  writeStarters();
  await onRunnable?.();
  const after = readFilesOnce();
  const readTexts = createTextReader();
  for (const { entry, target } of stale) {
    const files = entries.get(relative(root, entry).split(sep).join("/"));
    if (!files) throw new Error(`esbuild has not bundled ${entry}`);
    const { licenses } = target;
    if (licenses) writeLicenses(licenses.to, licenses.name, files.bundled, readTexts);
    recordBundle(target, files, startedAtMs, after);
  }
}

// esbuild accepts `outfile` for one program only, and `out` only inside of `outdir`.
function outputOptions(programs: readonly BundleEntry[]): BuildOptions {
  const [first, ...others] = programs;
  if (first && others.length === 0) {
    return { entryPoints: [first.entry], outfile: first.target.outfile };
  }
  const out = (outfile: string) => relative(root, outfile).replace(/\.cjs$/, "");
  return {
    entryPoints: programs.map(({ entry, target }) => ({ in: entry, out: out(target.outfile) })),
    outdir: root,
    outExtension: { ".js": ".cjs" },
  };
}

async function copyAssets({ assets }: BundleTarget): Promise<void> {
  if (!assets) return;
  await rm(assets.to, { recursive: true, force: true });
  if (!existsSync(assets.from)) return;
  await cp(assets.from, assets.to, { recursive: true });
  await compressFiles(assets.to);
}
