import { existsSync, statSync } from "node:fs";
import { cp, rm } from "node:fs/promises";
import { compressFiles } from "./compress-files.ts";
import { createCutUnused } from "./cut-unused.ts";
import { writeLicenses } from "./licenses/write-licenses.ts";
import { type BundleTarget, isFresh, type ReadHash, recordBundle } from "./freshness.ts";
import { runEsbuild } from "./run-esbuild.ts";

/**
 * Bundles one program with the settings of functions, unless its bundle is up to date. Rejects with
 * esbuild's errors.
 *
 * @returns the size in bytes
 */
export async function bundleEntry(
  entry: string,
  target: string | BundleTarget,
  readHash?: ReadHash,
): Promise<number> {
  const to = typeof target === "string" ? { outfile: target } : target;
  if (!isFresh(to, readHash)) await bundle(entry, to);
  return statSync(to.outfile).size;
}

async function bundle(entry: string, target: BundleTarget): Promise<void> {
  const { outfile, assets, licenses } = target;
  const startedAtMs = Date.now();
  const files = await runEsbuild({
    entryPoints: [entry],
    outfile,
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
    plugins: [createCutUnused()],
    // Imported only if a bundle is missing, which does not happen in an image.
    external: ["esbuild"],
    logLevel: "error",
  });
  if (assets) {
    await rm(assets.to, { recursive: true, force: true });
    if (existsSync(assets.from)) {
      await cp(assets.from, assets.to, { recursive: true });
      await compressFiles(assets.to);
    }
  }
  if (licenses) writeLicenses(licenses.to, licenses.name, files.bundled);
  recordBundle(target, files, startedAtMs);
}
