import { join } from "node:path";
import { prepareDataDirectory } from "#runtime/store/data-directory.ts";
import { sqliteFilesOf } from "#runtime/store/sqlite.ts";
import type { EmailConfig } from "./config.ts";
import type { IdempotencyStore } from "./idempotency-store.ts";
import type { Mailer } from "./mailer.ts";
import { createOutboxMailer } from "./outbox-mailer.ts";
import { createRedisIdempotencyStore } from "./redis-idempotency-store.ts";
import { createSmtpMailer } from "./smtp-mailer.ts";
import { createSqliteIdempotencyStore, mailsFile } from "./sqlite-idempotency-store.ts";

/**
 * Opens the mailer of the configuration: SMTP if it has a server, otherwise the outbox.
 *
 * @throws ConfigError if the outbox's folder is not writable
 */
export function openMailer({ smtpUrl, from, dataDirectory }: EmailConfig): Mailer {
  if (smtpUrl) return createSmtpMailer(smtpUrl, from);
  const sender = from.name === "" ? from.address : `${from.name} <${from.address}>`;
  prepareDataDirectory(dataDirectory, [outbox]);
  return createOutboxMailer(join(dataDirectory, outbox), sender);
}

const outbox = "outbox";

/**
 * Opens the store of the configuration: Redis if it has an address, otherwise SQLite.
 *
 * @throws ConfigError if the folder of the SQLite file is not writable
 */
export function openIdempotencyStore({ redis, dataDirectory }: EmailConfig): IdempotencyStore {
  if (redis) return createRedisIdempotencyStore(redis);
  prepareDataDirectory(dataDirectory, sqliteFilesOf(mailsFile));
  return createSqliteIdempotencyStore({ directory: dataDirectory, now: Date.now });
}
