import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

const folder = join(import.meta.dirname, "../experiments");

/** The files of the experiments in this repository, by name. */
export function listExperimentFiles(): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".yaml"))
    .sort()
    .map((name) => join(folder, name));
}

/** The given file, or the file of this repository's experiment with that name. */
export function findExperimentFile(given: string): string {
  const own = join(folder, `${given}.yaml`);
  return !existsSync(given) && /^[a-z0-9-]+$/.test(given) && existsSync(own) ? own : given;
}
