import { createHash } from "node:crypto";
import { globSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";

/** What is bundled, and to where. */
export interface BundleTarget {
  /** The absolute path of the bundle. */
  readonly outfile: string;
  /** Absolute paths of a folder whose files belong to the bundle, if it exists, and of what they become. */
  readonly assets?: { readonly from: string; readonly to: string };
}

/** Reads the SHA-256 of a file as hexadecimal digits; undefined for a file that is missing. */
export type ReadHash = (path: string) => string | undefined;

/** What a bundle was made from, and what was made. */
interface BundleRecord {
  /** The version of Node.js that bundled. */
  readonly node: string;
  /** The SHA-256 of every file that was read or written, by its path from the repository's root. */
  readonly hashes: Readonly<Record<string, string>>;
}

const root = join(import.meta.dirname, "..");
const recordsFolder = join(import.meta.dirname, "dist");

// What changes a bundle beside the files that it contains: versions of packages and of esbuild, the
// imports of package.json, and the code that bundles.
const commonFiles = [
  "package.json",
  "package-lock.json",
  "tsconfig.json",
  "node_modules/esbuild/package.json",
];

/** Reads each file once, however many bundles contain it. */
export function createHashReader(): ReadHash {
  const known = new Map<string, string | undefined>();
  return (path) => {
    if (!known.has(path)) known.set(path, hashFile(path));
    return known.get(path);
  };
}

/**
 * Whether a bundle is there and is what bundling would make now: it was made by this Node.js and this
 * esbuild from the same files. Contents are compared, not times.
 */
export function isFresh(target: BundleTarget, readHash: ReadHash): boolean {
  const record = readRecord(target.outfile);
  if (record?.node !== process.version) return false;
  const { hashes } = record;
  return (
    findFixedInputs(target).every((path) => Object.hasOwn(hashes, path)) &&
    Object.entries(hashes).every(([path, hash]) => readHash(join(root, path)) === hash)
  );
}

/**
 * Keeps what a bundle was made from, so that `isFresh` knows it. A bundle is not recorded, and is made
 * again the next time, if a file has changed since bundling began or the bundle is outside of the
 * repository.
 *
 * @param inputs what esbuild read, as its metafile names it
 * @param startedAtMs when bundling began, in milliseconds since 1970
 */
export function recordBundle(
  target: BundleTarget,
  inputs: readonly string[],
  startedAtMs: number,
): void {
  const { outfile } = target;
  if (isOutside(pathOf(outfile))) return;
  // Plugins name the modules that they make up `namespace:path`.
  const read = [...inputs.filter((path) => !/^\w+:/.test(path)), ...findFixedInputs(target)];
  if (read.some((path) => changedSince(join(root, path), startedAtMs))) return;
  const written = [pathOf(outfile), ...(target.assets ? listFiles(target.assets.to) : [])];
  const hashes = Object.fromEntries(
    [...read, ...written].map((path) => [path, hashFile(join(root, path)) ?? ""]),
  );
  const record: BundleRecord = { node: process.version, hashes };
  const path = recordPathOf(outfile);
  mkdirSync(recordsFolder, { recursive: true });
  // By another name first: a second process that bundles never reads half of it.
  writeFileSync(`${path}.${process.pid}`, JSON.stringify(record));
  renameSync(`${path}.${process.pid}`, path);
}

/** Where the record of a bundle is. */
export function recordPathOf(outfile: string): string {
  return join(recordsFolder, `${encodeURIComponent(pathOf(outfile))}.json`);
}

// Files that count although esbuild does not name them. One that is new makes a bundle stale.
function findFixedInputs({ assets }: BundleTarget): string[] {
  const bundler = globSync("*.ts", { cwd: import.meta.dirname, exclude: ["*.test.ts"] });
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
    // Never bundled here, or written by something else: it is made again.
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
