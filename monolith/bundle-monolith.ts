import { cp, rm } from "node:fs/promises";
import { join } from "node:path";
import { functionsFolder, listFunctions } from "#manifest/manifest.ts";
import { bundleEntry } from "../bundle/bundle-entry.ts";
import { bundlePage } from "../bundle/bundle-page.ts";

const imageFolder = join(import.meta.dirname, "dist");

/**
 * Writes the content of the monolith's image to `monolith/dist`: the local platform as one file, which
 * finds everything relative to itself, its console's page, and the functions' bundles, which must exist.
 */
export async function bundleMonolith(): Promise<void> {
  await rm(imageFolder, { recursive: true, force: true });
  const program = join(imageFolder, "monolith");
  await bundleEntry(join(import.meta.dirname, "program.ts"), join(program, "program.cjs"));
  const from = join(import.meta.dirname, "..", "local", "console", "page");
  const page = { from, to: join(program, "dist") };
  await bundlePage({ outfile: join(page.to, "page.js"), assets: page });
  for (const name of listFunctions()) {
    for (const part of ["dist", "func.yaml"]) {
      const target = join(imageFolder, "functions", name, part);
      await cp(join(functionsFolder, name, part), target, { recursive: true });
    }
  }
}
