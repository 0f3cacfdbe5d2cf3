import "#runtime/signals.ts";
import { randomUUID } from "node:crypto";
import { CheckoutServiceDefinition } from "#protos/hipstershop.ts";
import { createEventSink } from "#runtime/deliver-event.ts";
import { implement } from "#runtime/rpc.ts";
import { start } from "#runtime/start.ts";
import { closeClients, createClients, dependenciesOf } from "./clients.ts";
import { readConfig } from "./config.ts";
import { createConfirmOrder, warmUpEvents } from "./confirm-order.ts";
import { createCheckoutService } from "./service.ts";

start("checkoutservice", (env) => {
  const config = readConfig(env);
  const sink = config.sink && createEventSink(config.sink);
  const clients = createClients(config);
  const confirmOrder = createConfirmOrder(sink, clients);
  // Random, unlike Online Boutique's version 1 ids, which contain the time and the machine.
  const options = { clients, confirmOrder, newOrderId: randomUUID, now: Date.now };
  return {
    dependencies: dependenciesOf(config, sink),
    services: [implement(CheckoutServiceDefinition, createCheckoutService(options))],
    ...(sink && { preload: warmUpEvents }),
    close: () => closeClients(clients),
  };
});
