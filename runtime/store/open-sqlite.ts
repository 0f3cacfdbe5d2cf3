import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import { setTimeout as delay } from "node:timers/promises";
import { makeDirectory } from "./data-directory.ts";
import { isBusy } from "./sqlite-error.ts";
import { StoreError } from "./store-error.ts";

/** SQLite's `PRAGMA synchronous`. */
export type Synchronous = "NORMAL" | "FULL";

/** An SQLite file and its schema. */
export interface SqliteOptions {
  /** The folder of the file; created if it is missing. */
  directory: string;
  /** The file's name, such as `carts.sqlite`. */
  file: string;
  /** SQL that creates the tables unless they exist; it runs whenever the file is opened. */
  schema: string;
  /**
   * The number of the schema, at least 1. It is stored in the file; a file with a greater number is not
   * opened and not changed. Undefined: not checked.
   */
  format?: number;
  /** When a commit survives a power cut: `FULL` at once, at the cost of an fsync; `NORMAL` later. */
  synchronous?: Synchronous;
}

/** The operations on an open database. Statements are prepared once. */
export interface SqliteSession {
  /** The first row of a query, or undefined. */
  get(sql: string, ...values: SQLInputValue[]): Record<string, unknown> | undefined;
  /** All rows of a query. */
  all(sql: string, ...values: SQLInputValue[]): Record<string, unknown>[];
  /** Runs a statement and returns the number of changed rows. */
  run(sql: string, ...values: SQLInputValue[]): number;
}

/** An open file. */
export interface OpenDatabase {
  /** The connection. */
  database: DatabaseSync;
  /** Its operations. */
  session: SqliteSession;
}

// How long SQLite waits for another process's transaction. This process is blocked meanwhile, so the
// time is short; transactions here take well under a millisecond.
const busyTimeoutMs = 1000;

// The switch to the write-ahead log needs an exclusive lock and ignores that time-out: it fails with
// SQLITE_BUSY if two processes open a new file at the same time.
const openAttempts = 40;
const openPauseMs = 25;

/**
 * Opens a file and creates its tables.
 *
 * @param path the file's path
 * @throws StoreError if the file has a newer format; otherwise SQLite's error
 */
export async function openDatabase(path: string, options: SqliteOptions): Promise<OpenDatabase> {
  const { DatabaseSync } = await import("node:sqlite");
  makeDirectory(options.directory);
  for (let attempt = 1; ; attempt += 1) {
    const database = new DatabaseSync(path, { timeout: busyTimeoutMs });
    try {
      const open = { database, session: createSession(database) };
      checkFormat(open.session, options);
      database.exec("PRAGMA journal_mode = WAL");
      database.exec(`PRAGMA synchronous = ${options.synchronous ?? "NORMAL"}`);
      runTransaction(open, (session) => {
        checkFormat(session, options);
        database.exec(options.schema);
        raiseFormat(session, options);
      });
      return open;
    } catch (error) {
      database.close();
      if (!isBusy(error) || attempt === openAttempts) throw error;
    }
    await delay(openPauseMs);
  }
}

/** @throws StoreError if the file has a newer format than this release can read */
export function checkFormat(session: SqliteSession, { file, format }: SqliteOptions): void {
  if (format === undefined) return;
  const stored = readFormat(session);
  if (stored <= format) return;
  const message = `SQLite file ${file}: its format is ${stored}, and this release reads up to ${format}`;
  throw new StoreError(message, { unreachable: false, cause: undefined });
}

// Not at each start, which would write to the file.
function raiseFormat(session: SqliteSession, { format = 0 }: SqliteOptions): void {
  if (readFormat(session) < format) session.run(`PRAGMA user_version = ${format}`);
}

function readFormat(session: SqliteSession): number {
  return Number(session.get("PRAGMA user_version")?.user_version);
}

function createSession(database: DatabaseSync): SqliteSession {
  const statements = new Map<string, StatementSync>();
  const prepare = (sql: string): StatementSync => {
    let statement = statements.get(sql);
    if (!statement) {
      statement = database.prepare(sql);
      statements.set(sql, statement);
    }
    return statement;
  };
  return {
    get: (sql, ...values) => prepare(sql).get(...values),
    all: (sql, ...values) => prepare(sql).all(...values),
    run: (sql, ...values) => Number(prepare(sql).run(...values).changes),
  };
}

/** Runs work as one transaction that excludes other writers; it is rolled back if the work throws. */
export function runTransaction<T>(
  { database, session }: OpenDatabase,
  work: (session: SqliteSession) => T,
): T {
  // IMMEDIATE acquires the write lock at once, so reads below are current at the commit.
  session.run("BEGIN IMMEDIATE");
  try {
    const result = work(session);
    session.run("COMMIT");
    return result;
  } catch (error) {
    // If the disk is full, SQLite has rolled back by itself.
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}
