import { join } from "node:path";
import type { BundleTarget } from "../bundle/freshness.ts";

/** The bundle of `npm start`, which loads faster and takes less memory than its many source files. */
export const upBundle: BundleTarget = { outfile: join(import.meta.dirname, "dist", "up.cjs") };

/**
 * The message of `shop build` to a parent process, if it bundles functions: all functions and the console's page
 * are built. Licences, records and the bundle of `npm start` follow.
 */
export const runnable = "runnable";

/** Bundles `npm start`, unless its bundle is up to date. Rejects with esbuild's errors. */
export async function bundleUp(): Promise<void> {
  const { bundleEntries } = await import("../bundle/bundle-entry.ts");
  const { createKeepFolders } = await import("../bundle/keep-folders.ts");
  const program = { entry: join(import.meta.dirname, "up-program.ts"), target: upBundle };
  await bundleEntries([program], [createKeepFolders(upBundle.outfile)]);
}
