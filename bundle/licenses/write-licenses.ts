import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { listPackages, requiredByProject } from "./bundled-packages.ts";
import { formatNotices, type ReadTexts, readTextsOnce } from "./notices.ts";
import { formatSbom } from "./sbom.ts";

const root = join(import.meta.dirname, "..", "..");

/** The names of the files that `writeLicenses` writes. */
export const licenseFiles = {
  /** The licence of this repository's code. */
  own: "LICENSE",
  /** The licence texts of the packages in the bundle. */
  notices: "THIRD-PARTY-NOTICES.txt",
  /** The packages in the bundle, as CycloneDX. Scanners of images find it by its ending. */
  sbom: "sbom.cdx.json",
} as const;

/**
 * Writes a program's licence, its third-party notices and its SBOM to a folder, whose content is replaced.
 *
 * @param name the function's name
 * @param files the files in the program's bundles, relative to the repository
 * @param read a reader that is shared with other programs
 * @throws Error naming a package without a licence
 */
export function writeLicenses(
  folder: string,
  name: string,
  files: readonly string[],
  read: ReadTexts = createTextReader(),
): void {
  const { version, license } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const packages = listPackages(root, files);
  const subject = { name, version, license, requires: requiredByProject(root) };
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const write = (file: string, text: string) => writeFileSync(join(folder, file), text);
  write(licenseFiles.own, readFileSync(join(root, "LICENSE"), "utf8"));
  write(licenseFiles.notices, formatNotices(root, packages, read));
  write(licenseFiles.sbom, formatSbom(subject, packages));
}

/** Creates a reader of licence texts that several programs can share. */
export function createTextReader(): ReadTexts {
  return readTextsOnce(root);
}
