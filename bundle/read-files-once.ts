import { readFileSync, statSync } from "node:fs";

/** Reads each file once, even if several bundles contain it; undefined for a file that is missing. */
export interface FileReader {
  /** The SHA-256 of a file as hexadecimal digits. */
  readonly hashOf: (path: string) => string | undefined;
  /** A file's size in bytes, and the times of its last changes in milliseconds. */
  readonly statOf: (path: string) => string | undefined;
}

/** Creates a reader. */
export function readFilesOnce(): FileReader {
  return { hashOf: once(hashFile), statOf: once(describeStat) };
}

function once(read: (path: string) => string | undefined) {
  const known = new Map<string, string | undefined>();
  return (path: string) => {
    if (!known.has(path)) known.set(path, read(path));
    return known.get(path);
  };
}

function hashFile(path: string): string | undefined {
  try {
    // Loaded by the first file that has changed: loading it takes as long as reading the state of all files.
    const { createHash } = process.getBuiltinModule("node:crypto");
    return createHash("sha256").update(readFileSync(path)).digest("hex");
  } catch {
    return undefined;
  }
}

// The time of the last change of the file's state cannot be set, unlike that of its content.
function describeStat(path: string): string | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats && `${stats.size} ${stats.mtimeMs} ${stats.ctimeMs}`;
}
