import "#runtime/signals.ts";
import { ShippingServiceDefinition } from "#protos/hipstershop.ts";
import { implement } from "#runtime/rpc.ts";
import { start } from "#runtime/start.ts";
import { createRecordStore } from "#runtime/store/create-record-store.ts";
import { readConfig } from "./config.ts";
import { createShippingService } from "./service.ts";
import { createShipments, shipmentsFormat } from "./shipments.ts";

start("shippingservice", (env) => {
  const config = readConfig(env);
  const now = Date.now;
  const store = createRecordStore(config, { name: "shipments", format: shipmentsFormat, now });
  const shipments = createShipments({ store, retentionMs: config.retentionMs, now });
  const service = createShippingService(shipments, Math.random);
  return {
    services: [implement(ShippingServiceDefinition, service)],
    // No checkReady: without its store, the function still quotes, which every cart page needs.
    verify: () => store.verify(),
    close: () => store.close(),
  };
});
