import { Sqlite } from "#runtime/store/sqlite.ts";
import { type IdempotencyStore, type Reservation, retentionMs } from "./idempotency-store.ts";

/** The name of the SQLite file in the data directory. */
export const mailsFile = "mails.sqlite";

/**
 * Records sent mails in an SQLite file in a folder, which instances on one machine can share; `now`
 * returns epoch milliseconds. A reservation expires after `leaseMs` milliseconds.
 */
export function createSqliteIdempotencyStore({
  directory,
  now,
  leaseMs,
}: {
  directory: string;
  now: () => number;
  leaseMs: number;
}): IdempotencyStore {
  const sqlite = new Sqlite({ directory, file: mailsFile, schema });
  return {
    reserve: (orderId, token) =>
      sqlite.write("UPSERT mails", (session): Reservation => {
        session.run("DELETE FROM mails WHERE until_ms <= ?", now());
        const row = session.get("SELECT claim_token FROM mails WHERE order_id = ?", orderId);
        if (row) return row.claim_token === null ? "sent" : "sending";
        session.run(upsert, orderId, token, now() + leaseMs);
        return "reserved";
      }),
    recordSent: async (orderId) => {
      await sqlite.write("UPSERT mails", (session) =>
        session.run(upsert, orderId, null, now() + retentionMs),
      );
    },
    release: async (orderId, token) => {
      await sqlite.write("DELETE mails", (session) =>
        session.run("DELETE FROM mails WHERE order_id = ? AND claim_token = ?", orderId, token),
      );
    },
    ping: () => sqlite.ping(),
    close: () => sqlite.close(),
  };
}

// A row without a token is a sent mail; a row with a token is a reservation.
const schema = `
  CREATE TABLE IF NOT EXISTS mails (
    order_id TEXT PRIMARY KEY,
    claim_token TEXT,
    until_ms INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS mails_by_end ON mails (until_ms);
`;

const upsert = `
  INSERT INTO mails (order_id, claim_token, until_ms) VALUES (?, ?, ?)
  ON CONFLICT (order_id) DO UPDATE SET claim_token = excluded.claim_token,
    until_ms = excluded.until_ms
`;
