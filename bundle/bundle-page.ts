import { rm } from "node:fs/promises";
import { join } from "node:path";
import { compressFiles } from "./compress-files.ts";
import { type BundleTarget, isFresh, recordBundle } from "./freshness.ts";
import { runEsbuild } from "./run-esbuild.ts";

/** The paths of a page. */
export type PageTarget = BundleTarget & Required<Pick<BundleTarget, "assets">>;

/**
 * Builds a page for browsers, unless it is up to date: minifies its script and style sheet, copies its
 * other files, and compresses each file. Rejects with esbuild's errors.
 *
 * @param target `assets.from` contains `index.html`, `page.ts`, `style.css` and `favicon.svg`; the content of
 *   `assets.to` is replaced
 */
export async function bundlePage(target: PageTarget): Promise<void> {
  if (isFresh(target)) return;
  const { from, to } = target.assets;
  const startedAtMs = Date.now();
  await rm(to, { recursive: true, force: true });
  const files = await runEsbuild({
    entryPoints: ["index.html", "page.ts", "style.css", "favicon.svg"].map((name) =>
      join(from, name),
    ),
    outdir: to,
    bundle: true,
    loader: { ".html": "copy", ".svg": "copy" },
    format: "esm",
    target: "es2022",
    minify: true,
    legalComments: "none",
    logLevel: "warning",
  });
  await compressFiles(to);
  recordBundle(target, files, startedAtMs);
}
