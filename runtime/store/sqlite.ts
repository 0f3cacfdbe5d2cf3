import { join } from "node:path";
import { SpanKind } from "@opentelemetry/api";
import { withSpan } from "../tracing.ts";
import {
  checkFormat,
  type OpenDatabase,
  openDatabase,
  runTransaction,
  type SqliteOptions,
  type SqliteSession,
} from "./open-sqlite.ts";
import { explainSqliteError } from "./sqlite-error.ts";

export type { SqliteOptions, SqliteSession } from "./open-sqlite.ts";

/** The files that SQLite keeps for one database: the file itself and its write-ahead log. */
export function sqliteFilesOf(file: string): readonly string[] {
  return [file, `${file}-wal`, `${file}-shm`];
}

/**
 * An SQLite file that several processes can use at the same time (write-ahead log). It is opened by
 * the first call, and again after a failure to open. A commit survives a crash of the process;
 * `synchronous` says when it survives a power cut.
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
