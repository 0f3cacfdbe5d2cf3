import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** An npm package of which a bundle contains at least one file. */
export interface BundledPackage {
  /** Its name, with its scope. */
  readonly name: string;
  /** Its exact version. */
  readonly version: string;
  /** The SPDX licence expression of its package.json. */
  readonly license: string;
  /** Its folder, relative to the repository. */
  readonly folder: string;
  /** Its files in the bundle, relative to the repository. */
  readonly files: readonly string[];
  /** The folders of the packages that its package.json requires; not all of them are in the bundle. */
  readonly requires: readonly string[];
}

interface PackageJson {
  readonly name?: string;
  readonly version?: string;
  readonly license?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/**
 * Lists the packages of a bundle, by name and version.
 *
 * @param root the repository's folder
 * @param files the files in the bundle, relative to it
 * @throws Error with the package's folder if its package.json has no name, version or licence
 */
export function listPackages(root: string, files: readonly string[]): BundledPackage[] {
  const folders = Map.groupBy([...new Set(files)].sort(), (file) => folderOf(file));
  folders.delete("");
  return [...folders]
    .map(([folder, own]) => readPackage(root, folder, own))
    .sort((a, b) => compare(idOf(a), idOf(b)));
}

/** The packages that the repository's own code requires. */
export function requiredByProject(root: string): string[] {
  return requiresOf(root, "", readJson(root, ""));
}

/** A package's id in messages and references: `name@version`. */
export function idOf({ name, version }: Pick<BundledPackage, "name" | "version">): string {
  return `${name}@${version}`;
}

function readPackage(root: string, folder: string, files: readonly string[]): BundledPackage {
  const json = readJson(root, folder);
  const { name, version, license } = json;
  if (!name || !version || !license) {
    throw new Error(`${folder}/package.json: expected a name, a version and a licence`);
  }
  return {
    ...{ name, version, folder, files, requires: requiresOf(root, folder, json) },
    // npm accepts an expression in parentheses, which SPDX does not need.
    license: license.replace(/^\((.*)\)$/, "$1"),
  };
}

function requiresOf(root: string, folder: string, json: PackageJson): string[] {
  return Object.keys({ ...json.dependencies, ...json.peerDependencies }).flatMap((name) => {
    for (let at = folder; ; at = at.replace(/(^|\/)node_modules\/[^/]+(\/[^/]+)?$/, "")) {
      const found = join(at, "node_modules", name);
      if (existsSync(join(root, found, "package.json"))) return [found];
      if (at === "") return [];
    }
  });
}

// The innermost package's folder: packages can be nested.
function folderOf(path: string): string {
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? "";
}

function readJson(root: string, folder: string): PackageJson {
  return JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8")) as PackageJson;
}

// The same order in each locale.
function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
