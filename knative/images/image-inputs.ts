import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { type BuildPlan, containerfileOf } from "./builder.ts";
import { ImageBuildError } from "./image-error.ts";

/**
 * A tag that identifies an image's inputs: its Containerfile, each copied file, the base image and the
 * processor's architecture. Two builds with the same tag differ only in timestamps and Node.js' compile
 * cache, so that the image of the first can be reused.
 *
 * @param folder the root of the build, which contains the bundles
 * @throws ImageBuildError if a copied file is missing
 */
export async function nameInputs(
  plan: Pick<BuildPlan, "functionName" | "nodeImage">,
  folder: string,
): Promise<string> {
  const hash = createHash("sha256");
  const add = (...parts: (string | Buffer)[]) => {
    // The length prevents that two lists of parts have the same bytes.
    for (const part of parts) hash.update(`${part.length}:`).update(part);
  };
  const containerfile = await readFile(join(folder, containerfileOf(plan.functionName)), "utf8");
  add(containerfile, plan.nodeImage, process.arch);
  for (const source of copiedBy(containerfile, plan.functionName)) {
    for (const file of await listFiles(plan.functionName, folder, source)) {
      add(file, await readFile(join(folder, file)));
    }
  }
  return `inputs-${hash.digest("hex")}`;
}

/** The files and folders that a Containerfile copies from the build's root. */
export function copiedBy(containerfile: string, functionName: string): string[] {
  return containerfile.split("\n").flatMap((line) => {
    const [instruction, ...words] = line.trim().split(/\s+/);
    if (instruction !== "COPY" || words.some((word) => word.startsWith("--from="))) return [];
    const sources = words.filter((word) => !word.startsWith("--")).slice(0, -1);
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the syntax of a Containerfile
    return sources.map((source) => source.replaceAll("${FUNCTION}", functionName));
  });
}

async function listFiles(name: string, folder: string, source: string): Promise<string[]> {
  const stats = await stat(join(folder, source)).catch((cause) => {
    throw new ImageBuildError(`${name}: ${source} is missing: leave out --no-bundle`, { cause });
  });
  if (!stats.isDirectory()) return [source];
  const entries = await readdir(join(folder, source), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1))
    .sort();
}
