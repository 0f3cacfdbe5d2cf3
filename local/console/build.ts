import { join } from "node:path";
import { createHashReader, isFresh } from "../../bundle/freshness.ts";

/** The page's script after the build. */
export const pageScriptPath = join(import.meta.dirname, "dist", "page.js");

/** Whether the page's script is bundled, from the sources as they are. */
export function isConsolePageBuilt(): boolean {
  return isFresh({ outfile: pageScriptPath }, createHashReader());
}

/** Bundles the console page's script into `local/console/dist/page.js`, unless it is up to date. */
export async function buildConsolePage(): Promise<void> {
  // What bundles is not there where everything was bundled.
  const { bundlePage } = await import("../../bundle/bundle-page.ts");
  await bundlePage(join(import.meta.dirname, "page", "page.ts"), pageScriptPath);
}
