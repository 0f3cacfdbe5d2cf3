import "#runtime/signals.ts";
import { randomUUID } from "node:crypto";
import { CheckoutServiceDefinition } from "#protos/hipstershop.ts";
import { implement } from "#runtime/rpc.ts";
import { start } from "#runtime/start.ts";
import { readConfig } from "./config.ts";
import { createConfirmOrder } from "./confirm-order.ts";
import { rehearseOrderPlaced } from "./order-placed-event.ts";
import { createCheckoutService } from "./service.ts";
import { calleesOf, closeUpstreams, createUpstreams } from "./upstreams.ts";

start("checkoutservice", (env) => {
  const config = readConfig(env);
  const upstreams = createUpstreams(config);
  const confirmOrder = createConfirmOrder(config.sink, upstreams);
  // Random rather than Online Boutique's version 1, which tells the time and the machine.
  const dependencies = { upstreams, confirmOrder, newOrderId: randomUUID, now: Date.now };
  return {
    callees: calleesOf(config),
    services: [implement(CheckoutServiceDefinition, createCheckoutService(dependencies))],
    ...(config.sink && { preload: rehearseOrderPlaced }),
    close: () => closeUpstreams(upstreams),
  };
});
