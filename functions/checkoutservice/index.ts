import "#runtime/signals.ts";
import { randomUUID } from "node:crypto";
import { CheckoutServiceDefinition } from "#protos/hipstershop.ts";
import { createEventSink } from "#runtime/deliver-event.ts";
import { implement } from "#runtime/rpc.ts";
import { start } from "#runtime/start.ts";
import { createClients } from "./clients.ts";
import { readConfig } from "./config.ts";
import { createConfirmOrder, warmUpEvents } from "./confirm-order.ts";
import { createCheckoutService } from "./service.ts";

start("checkoutservice", (env) => {
  const { addresses, sink: sinkUrl } = readConfig(env);
  const { emailservice, ...others } = addresses;
  const sink = sinkUrl && createEventSink(sinkUrl);
  const clients = createClients(addresses);
  const confirmOrder = createConfirmOrder(sink, clients);
  // Random, unlike Online Boutique's version 1 ids, which contain the time and the machine.
  const options = { clients, confirmOrder, newOrderId: randomUUID, now: Date.now };
  return {
    // With a sink, the confirmation is an event, whose receivers are not known.
    dependencies: { ...others, ...(sink ? { sink } : { emailservice }) },
    services: [implement(CheckoutServiceDefinition, createCheckoutService(options))],
    ...(sink && { preload: warmUpEvents }),
    close: () => clients.close(),
  };
});
