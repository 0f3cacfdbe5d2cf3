import "#runtime/signals.ts";
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { EmailServiceDefinition } from "#protos/hipstershop.ts";
import { implement } from "#runtime/rpc.ts";
import { start } from "#runtime/start.ts";
import { prepareDataDirectory } from "#runtime/store/data-directory.ts";
import { sqliteFilesOf } from "#runtime/store/sqlite.ts";
import { readConfig } from "./config.ts";
import { createConfirmOrder } from "./confirm-order.ts";
import { createMailReceiver } from "./mail-receiver.ts";
import { createOutboxMailer } from "./outbox-mailer.ts";
import { createRedisIdempotencyStore } from "./redis-idempotency-store.ts";
import { createEmailService } from "./service.ts";
import { createSmtpMailer } from "./smtp-mailer.ts";
import { createSqliteIdempotencyStore, mailsFile } from "./sqlite-idempotency-store.ts";
import { warmUpMail } from "./warm-up.ts";

start("emailservice", (env) => {
  const { redis, dataDirectory: directory, smtpUrl, from, leaseMs } = readConfig(env);
  if (!redis) prepareDataDirectory(directory, sqliteFilesOf(mailsFile));
  const store = redis
    ? createRedisIdempotencyStore(redis, leaseMs)
    : createSqliteIdempotencyStore({ directory, now: Date.now, leaseMs });
  if (!smtpUrl) prepareDataDirectory(directory, ["outbox"]);
  const sender = from.name === "" ? from.address : `${from.name} <${from.address}>`;
  const mailer = smtpUrl
    ? createSmtpMailer(smtpUrl, from, leaseMs / 2)
    : createOutboxMailer(join(directory, "outbox"), sender);
  const confirmOrder = createConfirmOrder(store, mailer, randomUUID);
  const warmUp = () => warmUpMail(smtpUrl);
  return {
    services: [implement(EmailServiceDefinition, createEmailService(confirmOrder))],
    http: createMailReceiver({ confirmOrder, warmUp }),
    preload: warmUp,
    checkReady: () => store.ping(),
    close: () => store.close(),
  };
});
