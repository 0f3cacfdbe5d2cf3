import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { BundleTarget } from "./freshness.ts";
import { runEsbuild } from "./run-esbuild.ts";

/** Writes the program that runs a bundle with its code cache, if the target has one, once the bundle is written. */
export async function writeStarter({ outfile, starter }: BundleTarget): Promise<void> {
  if (starter === undefined) return;
  const sha256 = createHash("sha256").update(readFileSync(outfile)).digest("hex");
  await runEsbuild({
    entryPoints: [join(import.meta.dirname, "start-program.ts")],
    outfile: starter,
    bundle: true,
    platform: "node",
    target: "node24",
    format: "cjs",
    minifyWhitespace: true,
    minifySyntax: true,
    define: { "import.meta.dirname": "__dirname", bundleSha256: JSON.stringify(sha256) },
    logLevel: "error",
  });
}
