import "#runtime/signals.ts";
import { randomUUID } from "node:crypto";
import { CheckoutServiceDefinition } from "#protos/hipstershop.ts";
import { OrderAdminServiceDefinition } from "#protos/order_admin.ts";
import { createEventSink } from "#runtime/deliver-event.ts";
import { loopbackOnly } from "#runtime/loopback-access.ts";
import { implement } from "#runtime/rpc.ts";
import { runJob, type Setup, start } from "#runtime/start.ts";
import { createRecordStore } from "#runtime/store/create-record-store.ts";
import { createClients } from "./clients.ts";
import { readConfig } from "./config.ts";
import { createConfirmOrder, warmUpEvents } from "./confirm-order.ts";
import { createDeadLetterReceiver } from "./dead-letter-receiver.ts";
import { createOrderAdminService } from "./order-admin.ts";
import { createOrders } from "./orders/create-orders.ts";
import { defineJournalGauges } from "./orders/order-metrics.ts";
import { recordFormat } from "./orders/order-record.ts";
import { pause } from "./orders/pause.ts";
import { runSweep } from "./run-sweep.ts";
import { createCheckoutService } from "./service.ts";

const setUp: Setup = (env) => {
  const { addresses, sink: sinkUrl, leaseMs, retentionMs, ...storeConfig } = readConfig(env);
  const { emailservice, ...others } = addresses;
  const sink = sinkUrl && createEventSink(sinkUrl);
  const clients = createClients(addresses);
  const now = Date.now;
  const store = createRecordStore(storeConfig, { name: "orders", format: recordFormat, now });
  const orders = createOrders({
    store,
    clients,
    publish: createConfirmOrder(sink, clients),
    now,
    // Random, unlike Online Boutique's version 1 ids, which contain the time and the machine.
    newId: randomUUID,
    leaseMs,
    retentionMs,
    pause,
  });
  defineJournalGauges({ store, now });
  return {
    // With a sink, the confirmation is an event, whose receivers are not known.
    dependencies: { ...others, ...(sink ? { sink } : { emailservice }) },
    services: [
      implement(CheckoutServiceDefinition, createCheckoutService(orders)),
      implement(OrderAdminServiceDefinition, createOrderAdminService(orders), {
        access: loopbackOnly,
      }),
    ],
    http: createDeadLetterReceiver((orderId, reason) => orders.recordUndelivered(orderId, reason)),
    ...(sink && { preload: warmUpEvents }),
    verify: () => store.verify(),
    checkReady: () => store.ping(),
    onReady: (waitUntil) => orders.sweep({ waitUntil }),
    close: async () => {
      await orders.release();
      clients.close();
      await store.close();
    },
  };
};

if (process.argv[2] === "sweep") runJob("checkoutservice-sweep", runSweep);
else start("checkoutservice", setUp);
