import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { type FileReader, readFilesOnce } from "./read-files-once.ts";
import { type BuildFiles, isFile } from "./run-esbuild.ts";

/** The output paths of a bundle. */
export interface BundleTarget {
  /** The absolute path of the bundle. */
  readonly outfile: string;
  /**
   * The absolute path of a program, in the folder of the bundle, that runs it with the code cache of an
   * earlier run; the bundle is then `index.cjs`.
   */
  readonly starter?: string;
  /** Absolute paths of a folder of files for the bundle, which may be missing, and of its output. */
  readonly assets?: { readonly from: string; readonly to: string };
  /** The program's name in its SBOM, and the absolute path of the folder of its licences. */
  readonly licenses?: { readonly name: string; readonly to: string };
}

/** The inputs and outputs of a bundle. */
interface BundleRecord {
  /** The version of Node.js that bundled. */
  readonly node: string;
  /** The SHA-256 and the state of every file that was read or written, by its path from the repository's root. */
  readonly files: Readonly<Record<string, readonly [hash: string, stat: string]>>;
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

/**
 * Whether a bundle exists and is up to date: it was built by this version of Node.js and of esbuild from
 * the same files. A file whose size and times are those of the build is not read; of others, contents are
 * compared, since git changes times when it switches branches.
 */
export function isFresh(target: BundleTarget, files: FileReader = readFilesOnce()): boolean {
  return findFreshHash(target, files) !== undefined;
}

/** The SHA-256 of a bundle that is up to date, as hexadecimal digits; undefined if it is not. */
export function findFreshHash(target: BundleTarget, files: FileReader): string | undefined {
  const record = readRecord(target.outfile);
  if (record?.node !== process.version) return undefined;
  const isUnchanged = ([path, [hash, stat]]: [string, readonly [string, string]]) => {
    const file = join(root, path);
    return files.statOf(file) === stat || files.hashOf(file) === hash;
  };
  const isComplete = findFixedInputs(target).every((path) => Object.hasOwn(record.files, path));
  if (!isComplete || !Object.entries(record.files).every(isUnchanged)) return undefined;
  return record.files[pathOf(target.outfile)]?.[0];
}

/**
 * Records the inputs and outputs of a bundle for `isFresh`. A bundle is not recorded, and is built again
 * the next time, if a file has changed since the build started or the bundle is outside of the repository.
 *
 * @param startedAtMs the start of the build in epoch milliseconds
 * @param reader a reader that was created after the build
 */
export function recordBundle(
  target: BundleTarget,
  { inputs, bundled }: BuildFiles,
  startedAtMs: number,
  reader: FileReader = readFilesOnce(),
): void {
  const { outfile, starter, assets, licenses } = target;
  if (isOutside(pathOf(outfile))) return;
  const read = [...inputs.filter(isFile), ...findFixedInputs(target)];
  const folders = [assets?.to, licenses?.to].filter((folder) => folder !== undefined);
  const programs = starter ? [outfile, starter] : [outfile];
  const written = [...programs.map(pathOf), ...folders.flatMap(listFiles)];
  const states = [...read, ...written].map((path) => {
    const file = join(root, path);
    // The state first: if the file changes in between, its contents are compared.
    const stat = reader.statOf(file) ?? "";
    return [path, [reader.hashOf(file) ?? "", stat] as const] as const;
  });
  const record: BundleRecord = {
    node: process.version,
    files: Object.fromEntries(states),
    bundled,
  };
  // After their contents were read.
  if (read.some((path) => changedSince(join(root, path), startedAtMs))) return;
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
  const bundler = listFiles(import.meta.dirname).filter(
    (path) => /^bundle\/(licenses\/)?[^/]+\.ts$/.test(path) && !path.endsWith(".test.ts"),
  );
  return [...commonFiles, ...bundler, ...(assets ? listFiles(assets.from) : [])];
}

function listFiles(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => pathOf(join(entry.parentPath, entry.name)));
  } catch {
    // A program without assets.
    return [];
  }
}

function readRecord(outfile: string): BundleRecord | undefined {
  try {
    const record = JSON.parse(readFileSync(recordPathOf(outfile), "utf8"));
    // A record of an earlier version has no files.
    return record.files ? (record as BundleRecord) : undefined;
  } catch {
    // Missing or invalid: the bundle is built again.
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
