import "#runtime/signals.ts";
import { AdServiceDefinition } from "#protos/hipstershop.ts";
import { implement } from "#runtime/rpc.ts";
import { start } from "#runtime/start.ts";
import { createAdService } from "./service.ts";

start("adservice", () => ({
  services: [implement(AdServiceDefinition, createAdService(Math.random))],
}));
