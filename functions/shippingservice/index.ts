import "#runtime/signals.ts";
import { ShippingServiceDefinition } from "#protos/hipstershop.ts";
import { implement } from "#runtime/rpc.ts";
import { start } from "#runtime/start.ts";
import { createShippingService } from "./service.ts";

start("shippingservice", () => ({
  services: [implement(ShippingServiceDefinition, createShippingService(Math.random))],
}));
