import { cp, rm } from "node:fs/promises";
import { join } from "node:path";
import { functionsFolder, listFunctions, monolithName } from "#manifest/manifest.ts";
import { bundleEntry } from "../bundle/bundle-entry.ts";
import { bundlePage } from "../bundle/bundle-page.ts";
import { readBundledFiles } from "../bundle/freshness.ts";
import { writeLicenses } from "../bundle/licenses/write-licenses.ts";

const imageFolder = join(import.meta.dirname, "dist");

/**
 * Writes the content of the monolith's image to `monolith/dist`: the local platform as one file, which
 * finds everything relative to itself, its console's page, the functions' bundles, which must exist, and
 * the licences and the SBOM of all of them.
 */
export async function bundleMonolith(): Promise<void> {
  await rm(imageFolder, { recursive: true, force: true });
  const folder = join(imageFolder, "monolith");
  const program = join(folder, "program.cjs");
  await bundleEntry(join(import.meta.dirname, "program.ts"), program);
  const from = join(import.meta.dirname, "..", "local", "console", "page");
  const page = { from, to: join(folder, "dist") };
  const pageScript = join(page.to, "page.js");
  await bundlePage({ outfile: pageScript, assets: page });
  const bundles = [program, pageScript];
  for (const name of listFunctions()) {
    for (const part of ["dist", "func.yaml"]) {
      const target = join(imageFolder, "functions", name, part);
      await cp(join(functionsFolder, name, part), target, { recursive: true });
    }
    // The image has one folder of licences.
    await rm(join(imageFolder, "functions", name, "dist", "licenses"), { recursive: true });
    bundles.push(join(functionsFolder, name, "dist", "index.cjs"));
  }
  writeLicenses(join(imageFolder, "licenses"), monolithName, bundles.flatMap(readBundledFiles));
}
