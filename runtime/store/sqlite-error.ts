import { StoreError } from "./store-error.ts";

/** Turns an error of SQLite or of its file into a StoreError; another error is returned as it is. */
export function explainSqliteError(error: unknown, file: string): unknown {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string")
    return error;
  const message = `SQLite file ${file}: ${error.message}`;
  return new StoreError(message, { unreachable: !isRefusal(error), cause: error });
}

const sqliteBusy = 5;
const sqliteCannotOpen = 14;
// The file could not be written, read or opened, or its disk is full: SQLITE_READONLY, SQLITE_IOERR,
// SQLITE_FULL and SQLITE_CANTOPEN.
const sqliteFileFailures: ReadonlySet<number> = new Set([8, 10, 13, sqliteCannotOpen]);

/** Whether another connection holds the lock (SQLITE_BUSY). */
export function isBusy(error: unknown): boolean {
  return sqliteCodeOf(error) === sqliteBusy;
}

/** Whether the file could not be opened (SQLITE_CANTOPEN), such as a folder of that name. */
export function cannotOpen(error: unknown): boolean {
  return sqliteCodeOf(error) === sqliteCannotOpen;
}

// SQLite refuses an operation because of the request or the content of the file. Any other error has its
// cause in the machine, where no caller can change it: a lock, or a file system that fails.
function isRefusal(error: unknown): boolean {
  const code = sqliteCodeOf(error);
  return code !== undefined && code !== sqliteBusy && !sqliteFileFailures.has(code);
}

// The primary code is the low byte of SQLite's extended one (sqlite.org/rescode.html).
function sqliteCodeOf(error: unknown): number | undefined {
  const code = error instanceof Error && "errcode" in error ? error.errcode : undefined;
  return typeof code === "number" ? code & 0xff : undefined;
}
