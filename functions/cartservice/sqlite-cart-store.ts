import { Sqlite, type SqliteSession } from "#runtime/store/sqlite.ts";
import {
  addToRecord,
  type CartRecord,
  linesOf,
  parseCartRecord,
  removeFromRecord,
  setInRecord,
} from "./cart-record.ts";
import { type CartStore, removalTtlMs, type WriteOutcome } from "./cart-store.ts";

/** The name of the SQLite file in the data directory. */
export const cartsFile = "carts.sqlite";

/**
 * Stores carts in an SQLite file in a folder, which processes on one machine can share. A cart expires
 * `ttlMs` after its last change; `now` returns epoch milliseconds.
 */
export function createSqliteCartStore({
  directory,
  ttlMs,
  now,
}: {
  directory: string;
  ttlMs: number;
  now: () => number;
}): CartStore {
  const sqlite = new Sqlite({ directory, file: cartsFile, schema });
  let purgedAtMs = Number.NEGATIVE_INFINITY;

  const write = <T>(work: (session: SqliteSession, nowMs: number) => T) =>
    sqlite.write("UPDATE carts", (session) => {
      const nowMs = now();
      if (nowMs - purgedAtMs >= purgeIntervalMs) {
        session.run("DELETE FROM carts WHERE expires_at_ms <= ?", nowMs);
        session.run("DELETE FROM removals WHERE expires_at_ms <= ?", nowMs);
        purgedAtMs = nowMs;
      }
      return work(session, nowMs);
    });

  const save = (session: SqliteSession, userId: string, record: CartRecord, nowMs: number) => {
    if (record.length === 0) session.run(deleteCart, userId);
    else session.run(upsertCart, userId, JSON.stringify(record), nowMs + ttlMs);
  };

  const change = (userId: string, edit: (record: CartRecord) => WriteOutcome) =>
    write((session, nowMs) => {
      const record = readRecord(session, userId, nowMs);
      const outcome = edit(record);
      if (outcome === "ok") save(session, userId, record, nowMs);
      return outcome;
    });

  return {
    addItem: (userId, productId, quantity) =>
      change(userId, (record) => addToRecord(record, productId, quantity)),
    setItemQuantity: (userId, productId, quantity) =>
      change(userId, (record) => setInRecord(record, productId, quantity)),
    removeItems: (userId, items, orderId) =>
      write((session, nowMs) => {
        const expiresAtMs = nowMs + removalTtlMs;
        if (session.run(insertRemoval, orderId, userId, expiresAtMs, nowMs) === 0) return;
        const record = readRecord(session, userId, nowMs);
        removeFromRecord(record, items);
        save(session, userId, record, nowMs);
      }),
    getCart: (userId) =>
      sqlite.read("SELECT carts", (session) => linesOf(readRecord(session, userId, now()))),
    emptyCart: async (userId) => {
      await sqlite.write("DELETE carts", (session) => session.run(deleteCart, userId));
    },
    ping: () => sqlite.ping(),
    close: () => sqlite.close(),
  };
}

const schema = `
  CREATE TABLE IF NOT EXISTS carts (
    user_id TEXT PRIMARY KEY,
    record TEXT NOT NULL,
    expires_at_ms INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS carts_by_expiry ON carts (expires_at_ms);
  CREATE TABLE IF NOT EXISTS removals (
    order_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    expires_at_ms INTEGER NOT NULL,
    PRIMARY KEY (order_id, user_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS removals_by_expiry ON removals (expires_at_ms);
`;

const upsertCart = `
  INSERT INTO carts (user_id, record, expires_at_ms) VALUES (?, ?, ?)
  ON CONFLICT (user_id) DO UPDATE SET record = excluded.record,
    expires_at_ms = excluded.expires_at_ms
`;

// Changes no row if the removal was made already and has not expired.
const insertRemoval = `
  INSERT INTO removals (order_id, user_id, expires_at_ms) VALUES (?, ?, ?)
  ON CONFLICT (order_id, user_id) DO UPDATE SET expires_at_ms = excluded.expires_at_ms
    WHERE removals.expires_at_ms <= ?
`;

const deleteCart = "DELETE FROM carts WHERE user_id = ?";

// Expired rows are never read; removing them only limits the size of the file.
const purgeIntervalMs = 600_000;

function readRecord(session: SqliteSession, userId: string, nowMs: number): CartRecord {
  const sql = "SELECT record FROM carts WHERE user_id = ? AND expires_at_ms > ?";
  return parseCartRecord(session.get(sql, userId, nowMs)?.record as string | undefined);
}
