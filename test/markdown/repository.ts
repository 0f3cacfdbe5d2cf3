import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The repository's folder. */
export const root = join(import.meta.dirname, "..", "..");

/** The text of a file in the repository. */
export function read(path: string): string {
  return readFileSync(join(root, path), "utf8");
}
