import { cp, rm } from "node:fs/promises";
import { join } from "node:path";
import { functionsFolder, listFunctions } from "#manifest/manifest.ts";
import { bundleEntry } from "./bundle-entry.ts";
import { bundlePage } from "./bundle-page.ts";

const root = join(import.meta.dirname, "..");

/** What goes into the image of the whole shop, laid out as there. */
export const wholeFolder = join(root, "local", "dist");

/**
 * Puts the whole shop's image together: the local platform as one file, which finds everything by its
 * own place, its console's page, and the functions' bundles, which have to be there already.
 */
export async function bundleWhole(): Promise<void> {
  await rm(wholeFolder, { recursive: true, force: true });
  const platform = join(wholeFolder, "local");
  await bundleEntry(join(root, "local", "container.ts"), join(platform, "container.cjs"));
  const page = { from: join(root, "local", "console", "page"), to: join(platform, "dist") };
  await bundlePage({ outfile: join(page.to, "page.js"), assets: page });
  for (const name of listFunctions()) {
    for (const part of ["dist", "func.yaml"]) {
      const from = join(functionsFolder, name, part);
      await cp(from, join(wholeFolder, "functions", name, part), { recursive: true });
    }
  }
}
