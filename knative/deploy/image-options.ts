import { readFileSync } from "node:fs";
import { isReference } from "../registry/reference.ts";

/** Reads the image references by function. Adds each error to `problems`. */
export function readImages(
  { registry, tag, images }: { registry?: string; tag?: string | undefined; images?: string },
  functions: readonly string[],
  problems: string[],
): Record<string, string> {
  if (images !== undefined) {
    if (registry === undefined && tag === undefined) return readImagesFile(images, problems);
    problems.push("--images already names the images: leave out --registry and --tag");
    return {};
  }
  if (registry === undefined && tag === undefined) return {};
  if (registry === undefined) {
    problems.push(`--tag is ${JSON.stringify(tag)}: it needs a --registry`);
    return {};
  }
  if (tag === undefined) {
    problems.push("--no-build needs --registry and --tag, or --images");
    return {};
  }
  const prefix = registry.replace(/\/+$/, "");
  if (!isReference(`${prefix}/x:${tag}`))
    problems.push(`--registry ${registry} and --tag ${tag} are not a valid image reference`);
  return Object.fromEntries(functions.map((name) => [name, `${prefix}/${name}:${tag}`]));
}

function readImagesFile(path: string, problems: string[]): Record<string, string> {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    problems.push(
      `--images ${path} cannot be read: ${error instanceof Error ? error.message : error}`,
    );
    return {};
  }
  const isObject = typeof content === "object" && content !== null && !Array.isArray(content);
  const entries = Object.entries(isObject ? (content as Record<string, unknown>) : {});
  const wrong = entries.filter(([, value]) => typeof value !== "string" || !isReference(value));
  if (!isObject || entries.length === 0 || wrong.length > 0) {
    const which = wrong.map(([name]) => name).join(", ");
    const where = which === "" ? "" : ` (wrong: ${which})`;
    problems.push(
      `--images ${path}: expected a JSON object of image references by function${where}`,
    );
    return {};
  }
  return Object.fromEntries(entries) as Record<string, string>;
}
