import "#runtime/signals.ts";
import { CartServiceDefinition } from "#protos/hipstershop.ts";
import { implement } from "#runtime/rpc.ts";
import { start } from "#runtime/start.ts";
import { readConfig } from "./config.ts";
import { openCartStore } from "./open-cart-store.ts";
import { createCartService } from "./service.ts";

start("cartservice", (env) => {
  const store = openCartStore(readConfig(env));
  return {
    services: [implement(CartServiceDefinition, createCartService({ store }))],
    checkReady: () => store.ping(),
    close: () => store.close(),
  };
});
