import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type BundledPackage, idOf } from "./bundled-packages.ts";

/**
 * Writes the notices of third-party code: for each package its licence, the text of its licence and NOTICE
 * files, and the copyright comments of its files in the bundle, which cover code that it contains of others.
 * A text that several packages have appears once.
 *
 * @param read a reader that is shared with other bundles
 * @throws Error naming a package that has neither such a file nor such a comment
 */
export function formatNotices(
  root: string,
  packages: readonly BundledPackage[],
  read: ReadTexts = readTextsOnce(root),
): string {
  const owners = new Map<string, string[]>();
  for (const each of packages) {
    const texts = read(each);
    if (texts.length === 0) throw new Error(`${each.folder} has no licence text`);
    for (const text of new Set(texts)) owners.set(text, [...(owners.get(text) ?? []), idOf(each)]);
  }
  const list = packages.map((each) => `- ${idOf(each)}: ${each.license}`);
  const sections = [...owners].map(([text, ids]) => `${line}\n${ids.join(", ")}\n\n${text}\n`);
  return `This program contains code of these npm packages:\n\n${list.join("\n")}\n\n${sections.join("\n")}`;
}

const line = "-".repeat(80);

/** Reads the texts of a package's licence files, and the copyright comments of its files in a bundle. */
export type ReadTexts = (each: Pick<BundledPackage, "folder" | "files">) => string[];

/** Creates a reader that reads each file once, even if several bundles contain it. */
export function readTextsOnce(root: string): ReadTexts {
  const known = new Map<string, string[]>();
  const once = (path: string, read: (root: string, path: string) => string[]) => {
    const texts = known.get(path) ?? read(root, path);
    known.set(path, texts);
    return texts;
  };
  return ({ folder, files }) => [
    ...once(folder, readLicenseFiles),
    ...files.flatMap((file) => once(file, readComments)),
  ];
}

function readLicenseFiles(root: string, folder: string): string[] {
  return readdirSync(join(root, folder))
    .filter((name) => /^(licen[cs]e|notice|copying)([.-]|$)/i.test(name))
    .sort()
    .map((name) => normalize(readFileSync(join(root, folder, name), "utf8")));
}

function readComments(root: string, file: string): string[] {
  const comments = readFileSync(join(root, file), "utf8").match(comment) ?? [];
  return comments.filter((text) => /\bcopyright\b/i.test(text)).map(stripMarkers);
}

const comment = /\/\*[\s\S]*?\*\/|(?:^[ \t]*\/\/.*\n?)+/gm;

function stripMarkers(text: string): string {
  return normalize(
    text.replaceAll(/^[ \t]*(?:\/\*+!?|\*+\/|\*(?!\/)|\/\/)[ \t]?|\s*\*\/\s*$/gm, ""),
  );
}

function normalize(text: string): string {
  return text
    .replaceAll(/\r\n?/g, "\n")
    .replaceAll(/[ \t]+$/gm, "")
    .replace(/^\n+|\n+$/g, "");
}
