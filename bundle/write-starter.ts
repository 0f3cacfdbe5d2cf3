import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { BundleTarget } from "./freshness.ts";
import { runEsbuild } from "./run-esbuild.ts";

// In the text that all starters share. As long as a hash, and in no other part of it.
const unknownSha256 = "0".repeat(64);

/**
 * Builds the program that runs a bundle with its code cache, once for all targets that have one.
 *
 * @returns writes the program of each target; call it once the bundles are written
 */
export async function prepareStarters(targets: readonly BundleTarget[]): Promise<() => void> {
  const paths = targets.flatMap(({ outfile, starter }) => (starter ? [{ outfile, starter }] : []));
  const [first] = paths;
  if (!first) return () => undefined;
  await runEsbuild({
    entryPoints: [join(import.meta.dirname, "start-program.ts")],
    outfile: first.starter,
    bundle: true,
    platform: "node",
    target: "node24",
    format: "cjs",
    minifyWhitespace: true,
    minifySyntax: true,
    define: { "import.meta.dirname": "__dirname", bundleSha256: JSON.stringify(unknownSha256) },
    logLevel: "error",
  });
  const text = readFileSync(first.starter, "utf8");
  return () => {
    for (const { outfile, starter } of paths) {
      const sha256 = createHash("sha256").update(readFileSync(outfile)).digest("hex");
      writeFileSync(starter, text.replaceAll(unknownSha256, sha256));
    }
  };
}
