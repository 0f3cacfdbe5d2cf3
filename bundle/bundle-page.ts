import { createHashReader, isFresh, recordBundle } from "./freshness.ts";
import { runEsbuild } from "./run-esbuild.ts";

/**
 * Bundles the script of a page for browsers, unless the bundle is up to date. Rejects with esbuild's
 * errors.
 */
export async function bundlePage(entry: string, outfile: string): Promise<void> {
  if (isFresh({ outfile }, createHashReader())) return;
  const startedAtMs = Date.now();
  const inputs = await runEsbuild({
    entryPoints: [entry],
    outfile,
    bundle: true,
    format: "esm",
    target: "es2022",
    minify: true,
    legalComments: "none",
    logLevel: "warning",
  });
  recordBundle({ outfile }, inputs, startedAtMs);
}
