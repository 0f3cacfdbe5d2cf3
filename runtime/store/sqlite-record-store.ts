import { join } from "node:path";
import { ConfigError } from "../environment.ts";
import type { SqliteSession, Synchronous } from "./open-sqlite.ts";
import type { RecordStore } from "./record-store.ts";
import { Sqlite } from "./sqlite.ts";
import { cannotOpen } from "./sqlite-error.ts";
import { StoreError } from "./store-error.ts";

/** The options of a record store in an SQLite file. */
export interface SqliteRecordStoreOptions {
  /** The folder of the file. */
  directory: string;
  /** The file's name, such as `orders.sqlite`. */
  file: string;
  /** The number of the records' format, at least 1. */
  format: number;
  /** When a commit survives a power cut. */
  synchronous: Synchronous;
  /** Returns epoch milliseconds. */
  now: () => number;
}

/** Stores records in an SQLite file, which instances on one machine can share. */
export function createSqliteRecordStore(options: SqliteRecordStoreOptions): RecordStore {
  const { now, ...place } = options;
  const sqlite = new Sqlite({ ...place, schema });
  let purgedAtMs = Number.NEGATIVE_INFINITY;

  const change = (
    summary: string,
    key: string,
    expected: string | undefined,
    work: (session: SqliteSession) => void,
  ) =>
    sqlite.write(summary, (session) => {
      if (now() - purgedAtMs >= purgeIntervalMs) purge(session);
      if (readRecord(session, key, now()) !== expected) return false;
      work(session);
      return true;
    });
  const purge = (session: SqliteSession) => {
    session.run("DELETE FROM records WHERE expires_at_ms <= ?", now());
    purgedAtMs = now();
  };

  return {
    get: (key) => sqlite.read("SELECT records", (session) => readRecord(session, key, now())),
    replace: (key, expected, { value, expiresAtMs, tags, sortMs }) =>
      change("UPSERT records", key, expected, (session) => {
        session.run(upsertRecord, key, value, Math.ceil(expiresAtMs));
        replaceTags(session, key, tags, Math.floor(sortMs));
      }),
    remove: (key, expected) =>
      change("DELETE records", key, expected, (session) => {
        session.run("DELETE FROM records WHERE key = ?", key);
      }),
    list: (tag, { limit, order }) =>
      sqlite.read("SELECT records", (session) =>
        session.all(selectTag[order], tag, now(), limit).map(({ value }) => value as string),
      ),
    count: (tag) =>
      sqlite.read("SELECT records", (session) => Number(session.get(countTag, tag, now())?.n)),
    verify: async () => {
      try {
        await sqlite.write("DELETE records", purge);
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        if (error.unreachable && !cannotOpen(error.cause)) return;
        const path = join(place.directory, place.file);
        throw new ConfigError([
          `${error.message}: run the release that wrote ${path}, or restore the file from a backup`,
        ]);
      }
    },
    ping: () => sqlite.ping(),
    close: () => sqlite.close(),
  };
}

// Deleted records hold personal data: secure_delete overwrites them with zeros. A row of tags is deleted
// with its record.
const schema = `
  PRAGMA secure_delete = ON;
  CREATE TABLE IF NOT EXISTS records (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL,
    expires_at_ms INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS records_by_expiry ON records (expires_at_ms);
  CREATE TABLE IF NOT EXISTS tags (
    tag TEXT NOT NULL,
    sort_ms INTEGER NOT NULL,
    key TEXT NOT NULL REFERENCES records (key) ON DELETE CASCADE,
    PRIMARY KEY (tag, sort_ms, key)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS tags_by_key ON tags (key);
`;

// A row that stays where it is changes one page, and each changed page is written to the log.
const upsertRecord = `
  INSERT INTO records VALUES (?, ?, ?)
  ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires_at_ms = excluded.expires_at_ms
`;

// Most rewrites of a record leave its lists as they are.
function replaceTags(
  session: SqliteSession,
  key: string,
  tags: readonly string[],
  sortMs: number,
): void {
  const missing = new Set(tags);
  for (const row of session.all("SELECT tag, sort_ms FROM tags WHERE key = ?", key)) {
    const isKept = row.sort_ms === sortMs && missing.delete(row.tag as string);
    if (isKept) continue;
    const sql = "DELETE FROM tags WHERE tag = ? AND sort_ms = ? AND key = ?";
    session.run(sql, row.tag as string, row.sort_ms as number, key);
  }
  for (const tag of missing) session.run("INSERT INTO tags VALUES (?, ?, ?)", tag, sortMs, key);
}

const selectTag = { newest: selectTagIn("DESC"), oldest: selectTagIn("ASC") };

function selectTagIn(direction: string): string {
  return `
    SELECT value FROM tags JOIN records USING (key) WHERE tag = ? AND expires_at_ms > ?
    ORDER BY sort_ms ${direction}, key ${direction} LIMIT ?
  `;
}

const countTag =
  "SELECT count(*) AS n FROM tags JOIN records USING (key) WHERE tag = ? AND expires_at_ms > ?";

// Expired records are never read; removing them limits the size of the file and the age of personal data.
const purgeIntervalMs = 600_000;

function readRecord(session: SqliteSession, key: string, nowMs: number): string | undefined {
  const sql = "SELECT value FROM records WHERE key = ? AND expires_at_ms > ?";
  return session.get(sql, key, nowMs)?.value as string | undefined;
}
