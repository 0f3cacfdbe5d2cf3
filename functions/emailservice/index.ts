import "#runtime/signals.ts";
import { randomUUID } from "node:crypto";
import { EmailServiceDefinition } from "#protos/hipstershop.ts";
import { implement } from "#runtime/rpc.ts";
import { start } from "#runtime/start.ts";
import { readConfig } from "./config.ts";
import { createConfirm } from "./confirm-once.ts";
import { openMailer, openOnceStore, preloadMail } from "./open.ts";
import { createEventReceiver } from "./receive-events.ts";
import { createEmailService } from "./service.ts";

start("emailservice", (env) => {
  const config = readConfig(env);
  const store = openOnceStore(config);
  const confirm = createConfirm({ store, mailer: openMailer(config), newToken: randomUUID });
  const preload = () => preloadMail(config);
  return {
    services: [implement(EmailServiceDefinition, createEmailService({ confirm }))],
    http: createEventReceiver({ confirm, preload }),
    preload,
    checkReady: () => store.ping(),
    close: () => store.close(),
  };
});
