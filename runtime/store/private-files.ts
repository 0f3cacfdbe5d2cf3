import { chmodSync, statSync } from "node:fs";
import { join } from "node:path";
import { log } from "../log.ts";
import { checkDataDirectory } from "./data-directory.ts";

/**
 * Makes the folder of a store ready, and takes everybody's rights but the owner's from what is in it
 * already. What is new gets no others: a function's umask is 077.
 *
 * @param directory the value of DATA_DIR
 * @param names files and folders in it that hold what nobody else may read
 * @throws ConfigError when it cannot be written to
 */
export function prepareDataDirectory(directory: string, names: readonly string[]): void {
  checkDataDirectory(directory, names);
  for (const name of names) narrow(join(directory, name));
}

function narrow(path: string): void {
  const mode = statSync(path, { throwIfNoEntry: false })?.mode ?? 0;
  if ((mode & 0o077) === 0) return;
  try {
    chmodSync(path, mode & 0o700);
  } catch (error) {
    // Somebody else's, or on a file system without rights.
    log.warn(`${path} stays readable for others: its mode cannot be changed`, { error });
  }
}
