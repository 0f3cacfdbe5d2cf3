import { join } from "node:path";
import type { BundleTarget } from "../bundle/freshness.ts";

/** The bundle of `npm start`, which loads faster and takes less memory than its many source files. */
export const upBundle: BundleTarget = { outfile: join(import.meta.dirname, "dist", "up.cjs") };

/** The storefront and the functions that its home page calls: `npm start` shows this page before it bundles the others. */
export const homePageFunctions: readonly string[] = [
  "frontend",
  "cartservice",
  "currencyservice",
  "productcatalogservice",
];

/** Bundles `npm start`, unless its bundle is up to date. Rejects with esbuild's errors. */
export async function bundleUp(): Promise<void> {
  const { bundleEntries } = await import("../bundle/bundle-entry.ts");
  const { createKeepFolders } = await import("../bundle/keep-folders.ts");
  const program = { entry: join(import.meta.dirname, "up-program.ts"), target: upBundle };
  await bundleEntries([program], [createKeepFolders(upBundle.outfile)]);
}
