import "#runtime/signals.ts";
import { randomUUID } from "node:crypto";
import { EmailServiceDefinition } from "#protos/hipstershop.ts";
import { implement } from "#runtime/rpc.ts";
import { start } from "#runtime/start.ts";
import { readConfig } from "./config.ts";
import { createConfirmOrder } from "./confirm-order.ts";
import { createEventReceiver } from "./event-receiver.ts";
import { openIdempotencyStore, openMailer } from "./open.ts";
import { createEmailService } from "./service.ts";
import { warmUpMail } from "./warm-up.ts";

start("emailservice", (env) => {
  const config = readConfig(env);
  const store = openIdempotencyStore(config);
  const mailer = openMailer(config);
  const confirmOrder = createConfirmOrder({ store, mailer, newToken: randomUUID });
  const warmUp = () => warmUpMail(config);
  return {
    services: [implement(EmailServiceDefinition, createEmailService({ confirmOrder }))],
    http: createEventReceiver({ confirmOrder, warmUp }),
    preload: warmUp,
    checkReady: () => store.ping(),
    close: () => store.close(),
  };
});
