import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PlatformLog } from "./log/platform-log.ts";

/** The file with the key of session cookies, in the folder of the functions' files. */
export const sessionKeyFile = "session-key";

/**
 * The key of the storefront's session cookies. It is created at the first start, and only its owner can
 * read it. Undefined, with a warning, if the file cannot be written: the storefront then has a key of its
 * own.
 *
 * @param dataDir an existing folder
 */
export function keepSessionKey(dataDir: string, log: PlatformLog): string | undefined {
  const path = join(dataDir, sessionKeyFile);
  const kept = readKey(path);
  if (kept !== undefined) return kept;
  // Loaded here, because that takes several milliseconds.
  const { randomBytes } = process.getBuiltinModule("node:crypto");
  const key = randomBytes(32).toString("base64url");
  const temporary = `${path}.${process.pid}`;
  try {
    // Renamed when it is complete, because the process may be killed meanwhile.
    writeFileSync(temporary, key, { mode: 0o600 });
    renameSync(temporary, path);
    return key;
  } catch (error) {
    log.warn(`session cookies are not valid after the storefront's next start: ${String(error)}`);
    return undefined;
  }
}

function readKey(path: string): string | undefined {
  try {
    const key = readFileSync(path, "utf8").trim();
    // A damaged file is replaced: carts and orders of its sessions stay valid.
    return /^[\w-]{32,}$/.test(key) ? key : undefined;
  } catch {
    return undefined;
  }
}
