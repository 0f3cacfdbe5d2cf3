import { join } from "node:path";
import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import { setTimeout as delay } from "node:timers/promises";
import { SpanKind } from "@opentelemetry/api";
import { withSpan } from "../tracing.ts";
import { makeDirectory } from "./data-directory.ts";
import { explainSqliteError, isBusy } from "./sqlite-error.ts";
import { StoreError } from "./store-error.ts";

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
}

/** The files that SQLite keeps for one database: the file itself and its write-ahead log. */
export function sqliteFilesOf(file: string): readonly string[] {
  return [file, `${file}-wal`, `${file}-shm`];
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

/**
 * An SQLite file that several processes can use at the same time (write-ahead log). It is opened by
 * the first call, and again after a failure to open. A commit survives a crash of the process but not a
 * power failure: `synchronous = NORMAL`, since a shop on one machine does not need an fsync per request.
 */
export class Sqlite {
  readonly #options: SqliteOptions;
  readonly #path: string;
  #opening: Promise<OpenDatabase> | undefined;
  #closed = false;

  constructor(options: SqliteOptions) {
    this.#options = options;
    this.#path = join(options.directory, options.file);
  }

  /**
   * Runs one query in a client span.
   *
   * @param summary the span's name, an operation and its table, such as `SELECT carts`
   * @throws StoreError
   */
  read<T>(summary: string, work: (session: SqliteSession) => T): Promise<T> {
    return this.#trace(summary, async () => work((await this.#open()).session));
  }

  /**
   * Runs work as one transaction that excludes other writers; it is rolled back if the work throws.
   *
   * @throws StoreError
   */
  write<T>(summary: string, work: (session: SqliteSession) => T): Promise<T> {
    return this.#trace(summary, async () =>
      runTransaction(await this.#open(), (session) => {
        // A newer release may have changed the file since it was opened.
        checkFormat(session, this.#options);
        return work(session);
      }),
    );
  }

  /** Rejects with a StoreError if the file cannot be opened. */
  async ping(): Promise<void> {
    await this.read("SELECT", (session) => session.get("SELECT 1"));
  }

  /** Closes the file. Safe to call twice; later calls of the other methods fail. */
  async close(): Promise<void> {
    this.#closed = true;
    const opening = this.#opening;
    this.#opening = undefined;
    const open = await opening?.catch(() => undefined);
    open?.database.close();
  }

  #trace<T>(summary: string, work: () => Promise<T>): Promise<T> {
    const attributes = {
      "db.system.name": "sqlite",
      "db.namespace": this.#options.file,
      "db.query.summary": summary,
    };
    return withSpan(summary, { kind: SpanKind.CLIENT, attributes }, async () => {
      try {
        return await work();
      } catch (error) {
        throw explainSqliteError(error, this.#options.file);
      }
    });
  }

  #open(): Promise<OpenDatabase> {
    if (this.#closed) throw new Error("the database is closed");
    this.#opening ??= openDatabase(this.#path, this.#options).catch((error: unknown) => {
      this.#opening = undefined;
      throw error;
    });
    return this.#opening;
  }
}

interface OpenDatabase {
  database: DatabaseSync;
  session: SqliteSession;
}

// How long SQLite waits for another process's transaction. This process is blocked meanwhile, so the
// time is short; transactions here take well under a millisecond.
const busyTimeoutMs = 1000;

// The switch to the write-ahead log needs an exclusive lock and ignores that time-out: it fails with
// SQLITE_BUSY if two processes open a new file at the same time.
const openAttempts = 40;
const openPauseMs = 25;

async function openDatabase(path: string, options: SqliteOptions): Promise<OpenDatabase> {
  const { DatabaseSync } = await import("node:sqlite");
  makeDirectory(options.directory);
  for (let attempt = 1; ; attempt += 1) {
    const database = new DatabaseSync(path, { timeout: busyTimeoutMs });
    try {
      const open = { database, session: createSession(database) };
      checkFormat(open.session, options);
      database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
      runTransaction(open, (session) => {
        checkFormat(session, options);
        database.exec(options.schema);
        if (options.format !== undefined) database.exec(`PRAGMA user_version = ${options.format}`);
      });
      return open;
    } catch (error) {
      database.close();
      if (!isBusy(error) || attempt === openAttempts) throw error;
    }
    await delay(openPauseMs);
  }
}

function checkFormat(session: SqliteSession, { file, format }: SqliteOptions): void {
  if (format === undefined) return;
  const stored = Number(session.get("PRAGMA user_version")?.user_version);
  if (stored <= format) return;
  const message = `SQLite file ${file}: its format is ${stored}, and this release reads up to ${format}`;
  throw new StoreError(message, { unreachable: false, cause: undefined });
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

function runTransaction<T>(
  { database, session }: OpenDatabase,
  work: (session: SqliteSession) => T,
): T {
  // IMMEDIATE acquires the write lock at once, so reads below are current at the commit.
  database.exec("BEGIN IMMEDIATE");
  try {
    const result = work(session);
    database.exec("COMMIT");
    return result;
  } catch (error) {
    // If the disk is full, SQLite has rolled back by itself.
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}
