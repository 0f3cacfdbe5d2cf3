import { join } from "node:path";

/** The page's script after the build. */
export const pageScriptPath = join(import.meta.dirname, "dist", "page.js");

/** Bundles the console page's script into `local/console/dist/page.js`. */
export async function buildConsolePage(): Promise<void> {
  const { build } = await import("esbuild");
  await build({
    entryPoints: [join(import.meta.dirname, "page", "page.ts")],
    outfile: pageScriptPath,
    bundle: true,
    format: "esm",
    target: "es2022",
    minify: true,
    legalComments: "none",
    logLevel: "warning",
  });
}
