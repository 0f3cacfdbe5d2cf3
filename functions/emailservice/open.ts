import { join } from "node:path";
import { prepareDataDirectory } from "#runtime/store/data-directory.ts";
import { sqliteFilesOf } from "#runtime/store/sqlite.ts";
import type { EmailConfig } from "./config.ts";
import type { Mailer } from "./mailer.ts";
import type { OnceStore } from "./once-store.ts";
import { createOutboxMailer } from "./outbox-mailer.ts";
import { createRedisOnceStore } from "./redis-once-store.ts";
import { rehearseConfirmation } from "./rehearse.ts";
import { createSmtpMailer, loadNodemailer } from "./smtp-mailer.ts";
import { createSqliteOnceStore, mailsFile } from "./sqlite-once-store.ts";

/**
 * The mailer that the configuration names: SMTP where there is a server, else the outbox.
 *
 * @throws ConfigError when the outbox's folder cannot be written to
 */
export function openMailer({ smtpUrl, from, dataDirectory }: EmailConfig): Mailer {
  if (smtpUrl) return createSmtpMailer(smtpUrl, from);
  const sender = from.name === "" ? from.address : `${from.name} <${from.address}>`;
  prepareDataDirectory(dataDirectory, [outbox]);
  return createOutboxMailer(join(dataDirectory, outbox), sender);
}

const outbox = "outbox";

/** Loads what a mail will need, and rehearses it. */
export async function preloadMail({ smtpUrl }: EmailConfig): Promise<void> {
  rehearseConfirmation();
  if (smtpUrl) await loadNodemailer();
}

/**
 * The store that the configuration names: Redis where it has an address, else SQLite.
 *
 * @throws ConfigError when SQLite cannot write to the folder
 */
export function openOnceStore({ redis, dataDirectory }: EmailConfig): OnceStore {
  if (redis) return createRedisOnceStore(redis);
  prepareDataDirectory(dataDirectory, sqliteFilesOf(mailsFile));
  return createSqliteOnceStore({ directory: dataDirectory, now: Date.now });
}
