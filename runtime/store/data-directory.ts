import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { ConfigError } from "../environment.ts";
import { log } from "../log.ts";

/**
 * Creates the folder for a program's files and checks, in a fraction of a millisecond, that files can be
 * written there. A folder that exists keeps its mode, since others may use it, such as `/tmp`.
 *
 * @param directory the value of DATA_DIR
 * @param names files and folders in it that the program reads and writes if they exist
 * @throws ConfigError if that is not possible
 */
export function checkDataDirectory(directory: string, names: readonly string[] = []): void {
  try {
    makeDirectory(directory);
    tryToWrite(join(directory, `.write-check-${process.pid}`));
    for (const path of names.map((name) => join(directory, name)).filter(existsSync)) {
      accessSync(path, constants.R_OK | constants.W_OK);
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError([
      `DATA_DIR is ${JSON.stringify(directory)}: cannot write there (${reason}): ` +
        "set it to a folder that this user can write to",
    ]);
  }
}

/**
 * Creates a folder with its missing parents. Unlike `mkdirSync` with `recursive`, which does not return
 * for a path in `/proc` (Node.js 24), it throws the system's error in every case.
 *
 * @param mode the mode of new folders, before the umask; only the owner has access by default
 */
export function makeDirectory(path: string, mode = 0o700): void {
  if (isDirectory(path)) return;
  if (!existsSync(dirname(path))) makeDirectory(dirname(path), mode);
  try {
    mkdirSync(path, mode);
  } catch (error) {
    // Another process may have created it meanwhile.
    if (!isDirectory(path)) throw error;
  }
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

// More than the first transaction of an SQLite file needs, for a disk that is almost full.
const triedBytes = 64 * 1024;

function tryToWrite(path: string): void {
  const file = openSync(path, "w", 0o600);
  try {
    writeFileSync(file, Buffer.alloc(triedBytes));
  } finally {
    closeSync(file);
    rmSync(path, { force: true });
  }
}

/**
 * Prepares the folder of a store, and restricts existing files in it to their owner. New files are
 * restricted by the function's umask, 077.
 *
 * @param directory the value of DATA_DIR
 * @param names files and folders in it that only the owner may read
 * @throws ConfigError if files cannot be written there
 */
export function prepareDataDirectory(directory: string, names: readonly string[]): void {
  checkDataDirectory(directory, names);
  for (const name of names) restrict(join(directory, name));
}

function restrict(path: string): void {
  const mode = statSync(path, { throwIfNoEntry: false })?.mode ?? 0;
  if ((mode & 0o077) === 0) return;
  try {
    chmodSync(path, mode & 0o700);
  } catch (error) {
    // It belongs to another user, or the file system has no modes.
    log.warn(`${path} stays readable for others: its mode cannot be changed`, { error });
  }
}
