import { join } from "node:path";
import { type BundleTarget, createHashReader, isFresh } from "../../bundle/freshness.ts";

/** The folder of the console's page after the build. */
export const pageFolder = join(import.meta.dirname, "dist");

/** The console's page as what is bundled, and to where. */
export const pageTarget: Required<BundleTarget> = {
  outfile: join(pageFolder, "page.js"),
  assets: { from: join(import.meta.dirname, "page"), to: pageFolder },
};

/** Whether the page is built from the sources as they are. */
export function isConsolePageBuilt(): boolean {
  return isFresh(pageTarget, createHashReader());
}

/** Builds the console's page into `pageFolder`, unless it is up to date. */
export async function buildConsolePage(): Promise<void> {
  // What bundles is not there where everything was bundled.
  const { bundlePage } = await import("../../bundle/bundle-page.ts");
  await bundlePage(pageTarget);
}
