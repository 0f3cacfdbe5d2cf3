import { join } from "node:path";
import { monolithName } from "#manifest/manifest.ts";
import { bundleMonolith } from "#monolith/bundle-monolith.ts";
import { bundleEntry } from "../../bundle/bundle-entry.ts";
import { bundleFunctions } from "../../bundle/bundle-functions.ts";

/** The bundled program that fills the compile cache of an image during its build. */
export const warmUpBundle = join(import.meta.dirname, "dist", "warm-up.cjs");

/** Bundles the files that the images of functions or of the monolith copy. Rejects with esbuild's errors. */
export async function bundleForImages(names: readonly string[]): Promise<void> {
  const warmUp = join(import.meta.dirname, "warm-up", "warm-up.ts");
  await Promise.all([bundleEntry(warmUp, warmUpBundle), bundleFunctions()]);
  if (names.includes(monolithName)) await bundleMonolith();
}
