import { existsSync } from "node:fs";
import { cp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { cutUnused } from "./cut-unused.ts";

/** One function's bundle. */
export interface Bundle {
  /** The function's name, as its folder. */
  name: string;
  /** The file that Node runs. */
  path: string;
  /** Its size. */
  sizeBytes: number;
}

const root = join(import.meta.dirname, "..");

/** The folder that holds a folder per function. */
export const functionsFolder = join(root, "functions");

/** The names of all functions: the folders with a func.yaml. */
export async function findFunctions(folder: string = functionsFolder): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, "func.yaml")))
    .map((entry) => entry.name)
    .sort();
}

/**
 * Bundles every function into `functions/NAME/dist/`: one CommonJS file, which Node reads faster
 * than modules, and the function's `static` folder if it has one. Rejects with esbuild's errors.
 */
export async function bundleFunctions(folder: string = functionsFolder): Promise<Bundle[]> {
  const names = await findFunctions(folder);
  return Promise.all(names.map((name) => bundleFunction(name, join(folder, name))));
}

async function bundleFunction(name: string, folder: string): Promise<Bundle> {
  const dist = join(folder, "dist");
  const path = join(dist, "index.cjs");
  await rm(dist, { recursive: true, force: true });
  const sizeBytes = await bundleEntry(join(folder, "index.ts"), path);
  const assets = join(folder, "static");
  if (existsSync(assets)) await cp(assets, join(dist, "static"), { recursive: true });
  return { name, path, sizeBytes };
}

/** Bundles one program the way functions are bundled, and answers the size in bytes. */
export async function bundleEntry(entry: string, outfile: string): Promise<number> {
  const { metafile } = await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: "node",
    target: "node24",
    format: "cjs",
    // Names stay, for stack traces.
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: "none",
    define: { "import.meta.dirname": "__dirname" },
    plugins: [cutUnused],
    // Only used where the page was not built, which is never so in an image.
    external: ["esbuild"],
    metafile: true,
    logLevel: "error",
    absWorkingDir: root,
  });
  return Object.values(metafile.outputs).reduce((total, { bytes }) => total + bytes, 0);
}
