import { Sqlite } from "#runtime/store/sqlite.ts";
import { type Claim, leaseMs, type OnceStore, rememberMs } from "./once-store.ts";

/** Where the file is, and what time it is. */
export interface SqliteOnceStoreOptions {
  /** The folder of the file. */
  directory: string;
  /** Epoch milliseconds. */
  now: () => number;
}

/** The file's name. */
export const mailsFile = "mails.sqlite";

/** Sent mails in an SQLite file: the store of a shop on one machine. */
export function createSqliteOnceStore({ directory, now }: SqliteOnceStoreOptions): OnceStore {
  const sqlite = new Sqlite({ directory, file: mailsFile, schema });
  return {
    claim: (orderId, token) =>
      sqlite.write("UPSERT mails", (session): Claim => {
        session.run("DELETE FROM mails WHERE until_ms <= ?", now());
        const row = session.get("SELECT claim_token FROM mails WHERE order_id = ?", orderId);
        if (row) return row.claim_token === null ? "sent" : "sending";
        session.run(upsert, orderId, token, now() + leaseMs);
        return "claimed";
      }),
    markSent: async (orderId) => {
      await sqlite.write("UPSERT mails", (session) =>
        session.run(upsert, orderId, null, now() + rememberMs),
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

// A mail without a token was sent; one with a token is being sent.
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
