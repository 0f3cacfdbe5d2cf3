import { join } from "node:path";
import type { PageTarget } from "../../bundle/bundle-page.ts";
import { isFresh } from "../../bundle/freshness.ts";
import type { FileReader } from "../../bundle/read-files-once.ts";

/** The folder of the console's page after the build. */
export const pageFolder = join(import.meta.dirname, "dist");

/** The source folder and the output files of the console's page. */
export const pageTarget: PageTarget = {
  outfile: join(pageFolder, "page.js"),
  assets: { from: join(import.meta.dirname, "page"), to: pageFolder },
};

/** Whether the built page is up to date with its source. */
export function isConsolePageBuilt(files?: FileReader): boolean {
  return isFresh(pageTarget, files);
}

/** Builds the console's page into `pageFolder`, unless it is up to date. */
export async function buildConsolePage(): Promise<void> {
  // The monolith has no bundler: its page is built with its image.
  const { bundlePage } = await import("../../bundle/bundle-page.ts");
  await bundlePage(pageTarget);
}
