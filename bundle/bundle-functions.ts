import { existsSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { functionsFolder, listFunctions } from "#manifest/manifest.ts";
import { type BundleTarget, findFreshHash } from "./freshness.ts";
import { type FileReader, readFilesOnce } from "./read-files-once.ts";

/** One function's bundle. */
export interface Bundle {
  /** The function's name, which is also the name of its folder. */
  name: string;
  /** The absolute path of the function's folder. */
  folder: string;
  /** The size of `dist/index.cjs` in bytes. */
  sizeBytes: number;
}

/** The order of a build. Licences and records come after both calls. */
export interface BundleOrder {
  /** Functions that are bundled before the others, and a function that is called, and awaited, when they can run. */
  readonly first?:
    | { readonly names: readonly string[]; readonly onFirst: () => Promise<void> }
    | undefined;
  /** Called, and awaited, when all functions can run. */
  readonly onAll?: () => Promise<void>;
}

/**
 * Bundles every function into `functions/NAME/dist/`: one CommonJS file, which Node.js reads faster than
 * modules, `start.cjs`, which runs it with a code cache, the function's `static` folder, if there is one, with
 * compressed variants, and in `licenses` the licences and the SBOM of the file's packages. Bundles that are up
 * to date are kept. Rejects with esbuild's errors.
 */
export async function bundleFunctions(
  folder: string = functionsFolder,
  { first, onAll }: BundleOrder = {},
): Promise<Bundle[]> {
  const functions = listFunctions(folder).map((name) => {
    const path = join(folder, name);
    return { name, folder: path, entry: join(path, "index.ts"), target: targetOf(path) };
  });
  // Loaded here, because programs that only find bundles do not need it.
  const { bundleEntries } = await import("./bundle-entry.ts");
  const isFirst = ({ name }: { name: string }) => first?.names.includes(name) === true;
  const others = functions.filter((each) => !isFirst(each));
  await bundleEntries(functions.filter(isFirst), [], async () => {
    await first?.onFirst();
    await bundleEntries(others, [], onAll);
  });
  return functions.map(({ name, folder, target }) => {
    return { name, folder, sizeBytes: statSync(target.outfile).size };
  });
}

/** The program of a function: the starter of its bundle, or its source. */
export interface FunctionProgram {
  /** The function's name, which is also the name of its folder. */
  readonly name: string;
  /** The absolute path of the program. */
  readonly path: string;
  /** A bundle, or the source, which Node.js runs by stripping its types. */
  readonly kind: "bundle" | "source";
  /** The SHA-256 of the bundle, or of the entry file of the source, as hexadecimal digits. */
  readonly sha256: string;
  /** Resolves when another process has written the program, and rejects if that fails; undefined if it is there. */
  readonly written?: Promise<void>;
}

/**
 * Finds the program of each function, given the functions' folders: the bundle if it is up to date or the
 * source is missing, as in an image; otherwise the source. A stale bundle is not used if the source exists.
 */
export function findPrograms(
  folders: readonly string[],
  files: FileReader = readFilesOnce(),
): FunctionProgram[] {
  return folders.map((folder) => findProgram(folder, files));
}

/** The bundles of functions, given their folders. Whether they exist and are up to date is not checked. */
export function listBundled(folders: readonly string[]): FunctionProgram[] {
  const files = readFilesOnce();
  return folders.map((folder) => {
    const { outfile, starter } = targetOf(folder);
    const sha256 = files.hashOf(outfile) ?? "";
    return { name: basename(folder), path: starter, kind: "bundle", sha256 };
  });
}

function findProgram(folder: string, files: FileReader): FunctionProgram {
  const source = join(folder, "index.ts");
  const target = targetOf(folder);
  const hasSource = existsSync(source);
  const freshHash = hasSource ? findFreshHash(target, files) : undefined;
  const isBundle = !hasSource || freshHash !== undefined;
  return {
    name: basename(folder),
    path: isBundle ? target.starter : source,
    kind: isBundle ? "bundle" : "source",
    sha256: freshHash ?? files.hashOf(isBundle ? target.outfile : source) ?? "",
  };
}

function targetOf(folder: string) {
  const dist = join(folder, "dist");
  return {
    outfile: join(dist, "index.cjs"),
    starter: join(dist, "start.cjs"),
    assets: { from: join(folder, "static"), to: join(dist, "static") },
    licenses: { name: basename(folder), to: join(dist, "licenses") },
  } satisfies BundleTarget;
}
