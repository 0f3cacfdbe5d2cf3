import { join } from "node:path";

/** The page's script after the build. */
export const pageScriptPath = join(import.meta.dirname, "dist", "page.js");

/** Bundles the console page's script into `local/console/dist/page.js`. */
export async function buildConsolePage(): Promise<void> {
  // What bundles is not there where everything was bundled.
  const { bundlePage } = await import("../../bundle/bundle-page.ts");
  await bundlePage(join(import.meta.dirname, "page", "page.ts"), pageScriptPath);
}
