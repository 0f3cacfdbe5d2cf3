import { createHash } from "node:crypto";
import { globSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { type BuildFiles, isFile } from "./run-esbuild.ts";

/** The output paths of a bundle. */
export interface BundleTarget {
  /** The absolute path of the bundle. */
  readonly outfile: string;
  /** Absolute paths of a folder of files for the bundle, which may be missing, and of its output. */
  readonly assets?: { readonly from: string; readonly to: string };
  /** The program's name in its SBOM, and the absolute path of the folder of its licences. */
  readonly licenses?: { readonly name: string; readonly to: string };
}

/** Reads the SHA-256 of a file as hexadecimal digits; undefined for a file that is missing. */
export type ReadHash = (path: string) => string | undefined;

/** The inputs and outputs of a bundle. */
interface BundleRecord {
  /** The version of Node.js that bundled. */
  readonly node: string;
  /** The SHA-256 of every file that was read or written, by its path from the repository's root. */
  readonly hashes: Readonly<Record<string, string>>;
  /** The files in the bundle, by their paths from the repository's root. */
  readonly bundled: readonly string[];
}

const root = join(import.meta.dirname, "..");
const recordsFolder = join(import.meta.dirname, "dist");

// Inputs besides the files in the bundle: versions of packages and of esbuild, and the imports of
// package.json. The bundler's own code is added below.
const commonFiles = [
  "LICENSE",
  "package.json",
  "package-lock.json",
  "tsconfig.json",
  "node_modules/esbuild/package.json",
];

/** Creates a reader that hashes each file once, even if several bundles contain it. */
export function createHashReader(): ReadHash {
  const known = new Map<string, string | undefined>();
  return (path) => {
    if (!known.has(path)) known.set(path, hashFile(path));
    return known.get(path);
  };
}

/**
 * Whether a bundle exists and is up to date: it was built by this version of Node.js and of esbuild from
 * the same files. Contents are compared, not times.
 */
export function isFresh(target: BundleTarget, readHash: ReadHash = createHashReader()): boolean {
  const record = readRecord(target.outfile);
  if (record?.node !== process.version) return false;
  const { hashes } = record;
  return (
    findFixedInputs(target).every((path) => Object.hasOwn(hashes, path)) &&
    Object.entries(hashes).every(([path, hash]) => readHash(join(root, path)) === hash)
  );
}

/**
 * Records the inputs and outputs of a bundle for `isFresh`. A bundle is not recorded, and is built again
 * the next time, if a file has changed since the build started or the bundle is outside of the repository.
 *
 * @param startedAtMs the start of the build in epoch milliseconds
 */
export function recordBundle(
  target: BundleTarget,
  { inputs, bundled }: BuildFiles,
  startedAtMs: number,
): void {
  const { outfile, assets, licenses } = target;
  if (isOutside(pathOf(outfile))) return;
  const read = [...inputs.filter(isFile), ...findFixedInputs(target)];
  if (read.some((path) => changedSince(join(root, path), startedAtMs))) return;
  const folders = [assets?.to, licenses?.to].filter((folder) => folder !== undefined);
  const written = [pathOf(outfile), ...folders.flatMap(listFiles)];
  const hashes = Object.fromEntries(
    [...read, ...written].map((path) => [path, hashFile(join(root, path)) ?? ""]),
  );
  const record: BundleRecord = { node: process.version, hashes, bundled };
  const path = recordPathOf(outfile);
  mkdirSync(recordsFolder, { recursive: true });
  // Written under another name first: another process that bundles never reads a partial record.
  writeFileSync(`${path}.${process.pid}`, JSON.stringify(record));
  renameSync(`${path}.${process.pid}`, path);
}

/**
 * The files in a bundle, by their paths from the repository's root.
 *
 * @throws Error if the bundle is not recorded
 */
export function readBundledFiles(outfile: string): readonly string[] {
  const record = readRecord(outfile);
  if (record) return record.bundled;
  throw new Error(`${pathOf(outfile)} is not recorded: run npm run build while no file changes`);
}

/** The path of a bundle's record. */
export function recordPathOf(outfile: string): string {
  return join(recordsFolder, `${encodeURIComponent(pathOf(outfile))}.json`);
}

// Inputs that esbuild does not list. A new one makes a bundle stale.
function findFixedInputs({ assets }: BundleTarget): string[] {
  const bundler = globSync(["*.ts", "licenses/*.ts"], {
    cwd: import.meta.dirname,
    exclude: ["**/*.test.ts"],
  });
  return [
    ...commonFiles,
    ...bundler.map((name) => `bundle/${name}`),
    ...(assets ? listFiles(assets.from) : []),
  ];
}

function listFiles(folder: string): string[] {
  return globSync("**", { cwd: folder, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => pathOf(join(entry.parentPath, entry.name)));
}

function readRecord(outfile: string): BundleRecord | undefined {
  try {
    return JSON.parse(readFileSync(recordPathOf(outfile), "utf8")) as BundleRecord;
  } catch {
    // Missing or invalid: the bundle is built again.
    return undefined;
  }
}

function hashFile(path: string): string | undefined {
  try {
    return createHash("sha256").update(readFileSync(path)).digest("hex");
  } catch {
    return undefined;
  }
}

function changedSince(path: string, sinceMs: number): boolean {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats !== undefined && stats.mtimeMs >= sinceMs;
}

function pathOf(path: string): string {
  return relative(root, path).split(sep).join("/");
}

function isOutside(path: string): boolean {
  return path.startsWith("../");
}
